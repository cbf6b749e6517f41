import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle } from '../../../scripts/build/bundle.ts';
import { createExtImage } from '../../support/disk-image.ts';
import { writeDataTree } from '../../support/haos-disk.ts';
import { run } from '../../support/tools.ts';

/** `SPAREKEY_LONG=1`: the whole of it. */
const isLong = process.env['SPAREKEY_LONG'] === '1';
const seeds = isLong ? 300 : 60;
/** Rounds of one process: what a hundred disks leave behind in it would show in its memory. */
const seedsPerProcess = isLong ? 100 : 60;
/** What one recovery may take, its threads included, and some for what the test itself holds. */
const peakLimitKilobytes = 210_000;

let folder = '';
let sound = '';
const program = (): string => join(folder, 'flipped-disk.cjs');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-flipped-'));
  // As in the binary: from source, a compiler would sit in the memory of every thread.
  await bundle({ entry: 'test/support/flipped-disk.ts', output: program() });
  sound = createExtImage(join(folder, 'sound.img'), {
    sizeMebibytes: 6,
    label: 'hassos-data',
    options: ['-b', '1024', '-N', '256', '-m', '0'],
    populate: (root) => {
      writeDataTree(root, [{ username: 'alice', displayName: 'Alice', password: 'x', isOwner: true }]);
      mkdirSync(join(root, 'supervisor/backup'), { recursive: true });
      run('python3', ['test/support/home-assistant-backup.py', '0', 'key', join(root, 'supervisor/backup/one.tar')]);
      for (let count = 0; count < 60; count++) {
        mkdirSync(join(root, `d${count % 7}`), { recursive: true });
        writeFileSync(join(root, `d${count % 7}/f${count}`), 'x'.repeat(count * 97));
      }
    },
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly seed: number;
  readonly looked: string;
  readonly copied: string;
  readonly isUntouched: boolean;
}

const meetFlippedDisks = (first: number, last: number): readonly [readonly Outcome[], number] => {
  // Where the metadata is (superblock, descriptors, bitmaps, inodes, the first folders) and some content.
  const options = [sound, folder, String(first), String(last), '40', '700000'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [program(), ...options], {
    encoding: 'utf8',
    timeout: 480_000,
  });
  const lines = stdout.trimEnd().split('\n');
  expect(status, `${lines.at(-1)}\n${stderr}`).toBe(0);
  const documents = lines.map((line) => JSON.parse(line));
  return [documents.slice(0, -1), documents.at(-1).peakKilobytes];
};

test(`${seeds} disks with flipped bits never crash it, nor make it hang, grow, or write to them`, () => {
  const outcomes: Outcome[] = [];
  for (let first = 1; first <= seeds; first += seedsPerProcess) {
    const [met, peakKilobytes] = meetFlippedDisks(first, first + seedsPerProcess - 1);
    expect(peakKilobytes).toBeLessThan(peakLimitKilobytes);
    outcomes.push(...met);
  }
  expect(outcomes).toHaveLength(seeds);
  expect(outcomes.filter(({ isUntouched }) => !isUntouched)).toEqual([]);
  // Else the flips were too many, and nothing was met but a refusal.
  expect(outcomes.filter(({ copied }) => Number(copied) > 20).length).toBeGreaterThan(seeds / 4);
}, 1_500_000);
