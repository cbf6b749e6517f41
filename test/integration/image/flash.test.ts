import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeName, nameStick } from '../../../scripts/image/name-stick.ts';
import { writeDevice } from '../../../scripts/image/write-device.ts';
import { createSparse } from '../../support/disk-image.ts';
import { run, withFolderAsync } from '../../support/tools.ts';

/** The boot partition as a file of its own. */
const partitionOf = (medium: string, folder: string): string => {
  const path = join(folder, 'partition');
  writeFileSync(path, readFileSync(medium).subarray(1 << 20));
  return path;
};

const imageBytes = 9 * 1024 * 1024 + 512;

describe('make flash', () => {
  test('writes exactly the image, in two steps that are told, and leaves the rest of the disk alone', () =>
    withFolderAsync(async (folder) => {
      const image = join(folder, 'image');
      const medium = join(folder, 'medium');
      const content = randomBytes(imageBytes);
      writeFileSync(image, content);
      createSparse(medium, 16);
      const device = run('losetup', ['--find', '--show', medium]).trim();
      const steps = new Set<string>();
      try {
        await using handle = await open(image);
        await writeDevice(handle, imageBytes, device, (step) => steps.add(step));
      } finally {
        run('losetup', ['--detach', device]);
      }
      const written = readFileSync(medium);
      expect(written.subarray(0, imageBytes).equals(content)).toBe(true);
      expect(written.subarray(imageBytes).every((byte) => byte === 0)).toBe(true);
      expect([...steps]).toEqual(['writing', 'comparing']);
    }));

  test('gives the stick a name of its own, in all places and nowhere else, and never a second one', () =>
    withFolderAsync(async (folder) => {
      const image = join(folder, 'image');
      createSparse(image, 44);
      run('mkfs.vfat', ['-F', '32', '-i', '53504B59', '--offset', '2048', image, '40000']);
      writeFileSync(join(folder, 'cmdline.txt'), 'console=tty0 sparekey.medium=5350-4B59\n');
      run('mcopy', ['-i', `${image}@@1M`, join(folder, 'cmdline.txt'), '::']);
      const medium = join(folder, 'medium');
      run('cp', [image, medium]);
      const name = makeName();
      expect(makeName()).not.toBe(name);
      await using handle = await open(image);
      const { size } = await handle.stat();
      const device = run('losetup', ['--find', '--show', medium]).trim();
      try {
        await nameStick(handle, size, device, name);
      } finally {
        run('losetup', ['--detach', device]);
      }
      expect(run('blkid', ['-p', '-O', `${1 << 20}`, '-s', 'UUID', '-o', 'value', medium]).trim()).toBe(name);
      expect(run('mtype', ['-i', `${medium}@@1M`, '::cmdline.txt'])).toBe(`console=tty0 sparekey.medium=${name}\n`);
      run('fsck.vfat', ['-n', partitionOf(medium, folder)]);
      const [before, after] = [readFileSync(image), readFileSync(medium)];
      expect(before.filter((byte, index) => byte !== after[index]).length).toBeLessThanOrEqual(4 + 4 + name.length);
      await using named = await open(medium);
      await expect(nameStick(named, size, medium, makeName())).rejects.toThrow('has a name already');
    }));

  test('a disk that somebody uses is refused by the kernel, and untouched', () =>
    withFolderAsync(async (folder) => {
      const image = join(folder, 'image');
      writeFileSync(image, randomBytes(imageBytes));
      const medium = join(folder, 'medium');
      createSparse(medium, 16);
      run('mke2fs', ['-q', medium]);
      const device = run('losetup', ['--find', '--show', medium]).trim();
      const mountPoint = join(folder, 'mounted');
      run('mkdir', [mountPoint]);
      run('mount', ['-o', 'ro', device, mountPoint]);
      const before = readFileSync(medium);
      try {
        await using handle = await open(image);
        await expect(writeDevice(handle, imageBytes, device, () => {})).rejects.toThrow('EBUSY');
      } finally {
        run('umount', [mountPoint]);
        run('losetup', ['--detach', device]);
      }
      expect(statSync(medium).size).toBe(before.length);
      expect(readFileSync(medium).equals(before)).toBe(true);
    }));
});
