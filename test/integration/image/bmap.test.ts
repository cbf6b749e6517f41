import { randomBytes } from 'node:crypto';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatBmap, usedBlocks } from '../../../scripts/image/bmap.ts';
import { run, statusOf, withFolderAsync } from '../../support/tools.ts';

const mebibyte = 1 << 20;

describe('the block map of a release, as bmaptool reads it', () => {
  const inFolder = (work: (image: string, medium: string) => Promise<void>) =>
    withFolderAsync(async (folder) => {
      const image = join(folder, 'image');
      // Zeros in between belong to the FAT: only those at the end are left out.
      writeFileSync(image, Buffer.concat([randomBytes(mebibyte), Buffer.alloc(mebibyte), randomBytes(5000)]));
      truncateSync(image, 20 * mebibyte);
      writeFileSync(`${image}.bmap`, await formatBmap(image, await usedBlocks(image)));
      await work(image, join(folder, 'medium'));
    });
  const copy = (image: string, medium: string) => ['copy', '--bmap', `${image}.bmap`, image, medium];

  test('what counts is written, zeros in between too', () =>
    inFolder(async (image, medium) => {
      run('bmaptool', copy(image, medium));
      const used = (await usedBlocks(image)) * 4096;
      expect(used).toBeLessThan(3 * mebibyte);
      expect(readFileSync(medium).subarray(0, used).equals(readFileSync(image).subarray(0, used))).toBe(true);
    }));

  test('one changed bit in the image or in the map is noticed', () =>
    inFolder(async (image, medium) => {
      for (const file of [image, `${image}.bmap`]) {
        const bytes = readFileSync(file);
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(200) ^ 1, 200);
        writeFileSync(file, changed);
        expect(statusOf('bmaptool', copy(image, medium))).not.toBe(0);
        writeFileSync(file, bytes);
      }
      expect(statusOf('bmaptool', copy(image, medium))).toBe(0);
    }));
});
