import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createExtImage, poke, sha256 } from '../../support/disk-image.ts';
import { recover, sparekey } from '../../support/recovery.ts';

let folder = '';
let disk = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-clone-'));
  disk = createExtImage(join(folder, 'disk.img'), { files: { 'd/file': 'on the clone' } });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a clone is the disk, has a map, and is worked on like the disk', () => {
  const clone = join(folder, 'clone.img');
  const { status, stdout } = sparekey(['clone', disk, clone, '--json']);
  expect(status).toBe(0);
  expect(JSON.parse(stdout.toString())).toMatchObject({ badBytes: 0, rescuedBytes: 16 << 20, mapFile: `${clone}.map` });
  expect(sha256(clone)).toBe(sha256(disk));
  expect(recover(clone, ['/d'], join(folder, 'copy')).status).toBe(0);
  expect(readFileSync(join(folder, 'copy/d/file'), 'utf8')).toBe('on the clone');
});

test('what an earlier run has not done is done by the next, and what it did is not read again', () => {
  const clone = join(folder, 'half.img');
  writeFileSync(clone, readFileSync(disk).subarray(0, 8 << 20));
  poke(clone, 4096, Buffer.from('read by the first run'));
  writeFileSync(
    `${clone}.map`,
    '0x00800000     ?               1\n0x00000000  0x00800000  +\n0x00800000  0x00800000  ?\n',
  );
  expect(sparekey(['clone', disk, clone]).status).toBe(0);
  const [source, copy] = [readFileSync(disk), readFileSync(clone)];
  expect(copy.subarray(8 << 20).equals(source.subarray(8 << 20))).toBe(true);
  expect(copy.toString('latin1', 4096, 4117)).toBe('read by the first run');
});

test('a file that is no clone is not written over', () => {
  const other = join(folder, 'other');
  writeFileSync(other, 'mine');
  truncateSync(other, 4);
  expect(sparekey(['clone', disk, other]).status).toBe(3);
  expect(readFileSync(other, 'utf8')).toBe('mine');
});
