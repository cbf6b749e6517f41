import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeDevice } from '../../../scripts/image/write-device.ts';
import { createSparse } from '../../support/disk-image.ts';
import { run, withFolderAsync } from '../../support/tools.ts';

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
