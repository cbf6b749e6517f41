import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isPutAway } from '../../../src/host/recovery/target/put-away.ts';
import { createSparse, poke } from '../../support/disk-image.ts';
import { run } from '../../support/tools.ts';
import { volumeOf } from '../../support/volume.ts';

/** Sticks as people pull them out: what other programs call dirty, we do too. */

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-put-away-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const isClean = (path: string, type: string): Promise<boolean> =>
  isPutAway(volumeOf({ kind: 'image', path, filesystem: { type, state: 'unknown' } }));

test.each([
  ['FAT12', ['-F', '12'], 4, 0x25, 1],
  ['FAT16', ['-F', '16'], 32, 0x25, 1],
  ['FAT32', ['-F', '32'], 64, 0x41, 1],
] as const)('%s', async (name, options, mebibytes, flagsAt, flag) => {
  const image = join(folder, name);
  createSparse(image, mebibytes);
  run('mkfs.vfat', [...options, image]);
  expect(await isClean(image, 'vfat')).toBe(true);
  poke(image, flagsAt, Uint8Array.of(flag));
  expect(run('sh', ['-c', 'fsck.fat -n "$1" || true', 'sh', image])).toContain('Dirty bit is set');
  expect(await isClean(image, 'vfat')).toBe(false);
});

test('exFAT', async () => {
  const image = join(folder, 'exfat');
  createSparse(image, 64);
  run('mkfs.exfat', [image]);
  expect(await isClean(image, 'exfat')).toBe(true);
  poke(image, 106, Uint8Array.of(0b10));
  // Its words come before it finds that a file is no disk.
  expect(run('sh', ['-c', 'mount.exfat-fuse "$1" / 2>&1 || true', 'sh', image])).toContain('not unmounted cleanly');
  expect(await isClean(image, 'exfat')).toBe(false);
});

test('NTFS', async () => {
  const image = join(folder, 'ntfs');
  createSparse(image, 16);
  run('mkntfs', ['-q', '-F', image]);
  const flags = () => /Volume Flags: (0x\w+)/.exec(run('ntfsinfo', ['-m', '-f', image]))?.[1];
  expect([flags(), await isClean(image, 'ntfs')]).toEqual(['0x0000', true]);
  // It leaves the rest to Windows, which is to check the volume at its next start.
  run('ntfsfix', [image]);
  expect([flags(), await isClean(image, 'ntfs')]).toEqual(['0x0001', false]);
});

test('what is no such file system, or is cut off, is not written to', async () => {
  const image = join(folder, 'nothing');
  createSparse(image, 1);
  for (const type of ['vfat', 'exfat', 'ntfs']) expect(await isClean(image, type)).toBe(false);
  expect(await isClean(join(folder, 'missing'), 'vfat')).toBe(false);
  expect(await isClean(image, 'ext4')).toBe(true);
});
