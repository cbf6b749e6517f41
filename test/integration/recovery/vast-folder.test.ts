import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSparse } from '../../support/disk-image.ts';
import { checkManifest, recover, sparekey, withMounted } from '../../support/recovery.ts';
import { run } from '../../support/tools.ts';

/** A folder with a million entries, nearly all of them FIFOs: whoever opened one would wait for ever. */

const entries = 1_000_000;
const files = 1000;
let folder = '';
let image = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-vast-'));
  image = join(folder, 'vast.img');
  createSparse(image, 2048);
  run('mke2fs', ['-q', '-F', '-t', 'ext4', '-N', '1100000', '-m', '0', '-O', '^has_journal', image]);
  const fill = `python3 -c "
import os, sys
os.mkdir('many'); many = os.open('many', os.O_RDONLY)
for i in range(${entries}):
    if i % ${entries / files}: os.mkfifo(f'entry-{i:07d}', dir_fd=many)
    else: os.write(os.open(f'entry-{i:07d}', os.O_WRONLY | os.O_CREAT, dir_fd=many), str(i).encode()); os.closerange(many + 1, many + 2)"`;
  withMounted(image, 'rw', `cd "$1" && ${fill}`);
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('what is a file in it is copied, and the rest is counted', () => {
  const { status, receipt } = recover(image, ['/many'], join(folder, 'copy'));
  expect([status, receipt.summary.files, receipt.summary.problemCounts.special]).toEqual([0, files, entries - files]);
  // The list is cut, the count is not.
  expect(receipt.summary.problems.length).toBeLessThanOrEqual(10_000);
  expect(readdirSync(join(folder, 'copy/many'))).toHaveLength(files);
  checkManifest(join(folder, 'copy'));
}, 900_000);

test('it is listed', () => {
  const { status, stdout } = sparekey(['ls', '/many', '--disk', image]);
  expect(status).toBe(0);
  expect(stdout.toString().match(/entry-\d{7}/g)).toHaveLength(entries);
  expect(existsSync(join(folder, 'many'))).toBe(false);
}, 300_000);
