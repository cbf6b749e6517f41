import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createExtImage, sha256 } from '../../support/disk-image.ts';
import { writeDataTree } from '../../support/haos-disk.ts';
import { sparekey } from '../../support/recovery.ts';
import { run } from '../../support/tools.ts';

/** What would be done is told, and nothing is written anywhere. */

let folder = '';
let image = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-dry-'));
  image = createExtImage(join(folder, 'disk.img'), { files: { 'd/one': 'x'.repeat(5000), 'd/e/two': '2' } });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('recover --dry-run counts, and says how much is free', () => {
  const before = sha256(image);
  const args = ['recover', '/d', '--disk', image, '--to', join(folder, 'copy'), '--dry-run'];
  const { status, stdout, stderr } = sparekey(args);
  expect([status, stdout.toString(), stderr.toString()]).toEqual([
    0,
    expect.stringMatching(/Would copy 2 files \(5\.0 kB\) in 2 folders from .*: \/d to .*copy, where .* are free/),
    expect.stringContaining('Nothing was written'),
  ]);
  expect(JSON.parse(sparekey([...args, '--json']).stdout.toString())).toMatchObject({
    status: 'planned',
    reading: 'as-is',
    size: { files: 2, folders: 2, bytes: 5001 },
  });
  expect(readdirSync(folder)).toEqual(['disk.img']);
  expect(sha256(image)).toBe(before);
});

test('recover --dry-run refuses what recover would: a path that is not there, a folder that cannot be made', () => {
  const refusal = (path: string, to: string) =>
    sparekey(['recover', path, '--disk', image, '--to', to, '--dry-run']).stderr.toString();
  expect(refusal('/nothing', join(folder, 'copy'))).toContain('/nothing is missing');
  expect(refusal('/d', join(folder, 'not/there'))).toContain('Nothing can be written to');
});

test('backups export --dry-run names what it would write', () => {
  const stick = join(folder, 'stick');
  const disk = createExtImage(join(folder, 'data.img'), {
    sizeMebibytes: 64,
    label: 'hassos-data',
    populate: (root) => {
      writeDataTree(root, [{ username: 'alice', displayName: 'Alice', password: 'x', isOwner: true }]);
      const path = join(root, 'supervisor/backup/abcd0000.tar');
      run('python3', ['test/support/home-assistant-backup.py', '0', 'no key', path]);
    },
  });
  const args = ['backups', 'export', '--disk', disk, '--to', stick, '--dry-run'];
  const { status, stdout } = sparekey([...args, '--json']);
  expect([status, JSON.parse(stdout.toString())]).toMatchObject([
    0,
    { status: 'planned', planned: [{ path: join(stick, 'abcd0000.tar') }] },
  ]);
  expect(sparekey(args).stdout.toString()).toMatch(/^Would write .*abcd0000\.tar \(.*\)\n$/);
  expect(existsSync(stick)).toBe(false);
  rmSync(disk);
});

test('clone --dry-run says how large the device is and makes neither image nor map', () => {
  const args = ['clone', image, join(folder, 'clone.img'), '--dry-run'];
  const { status, stdout } = sparekey([...args, '--json']);
  expect([status, JSON.parse(stdout.toString())]).toMatchObject([0, { status: 'planned', sizeBytes: 16 << 20 }]);
  expect(sparekey(args).stdout.toString()).toContain('Would image');
  expect(readdirSync(folder)).toEqual(['disk.img']);
});
