import { open } from 'node:fs/promises';
import { extSuperblockBytes, parseExtSuperblock } from '../../formats/ext-superblock.ts';
import type { Volume } from '../../model/storage.ts';

/**
 * Where mke2fs keeps its first spare superblocks, in bytes: at the start of block group 1, which is as many blocks in as
 * a block has bits, and with blocks of 1 KiB one more (mke2fs(8), sparse_super; e2fsck(8), -b).
 */
const places = [32768 * 4096, 16384 * 2048, 8193 * 1024, 98304 * 4096, 49152 * 2048, 24577 * 1024];

/** The first spare superblock that is one, as mount's `sb=` counts it: in units of 1 KiB. (ext4(5)) */
export const findBackupSuperblock = async ({ path, offsetBytes, sizeBytes }: Volume): Promise<number | undefined> => {
  await using handle = await open(path);
  for (const place of places) {
    if (place + extSuperblockBytes > sizeBytes) continue;
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(extSuperblockBytes),
      0,
      extSuperblockBytes,
      offsetBytes + place,
    );
    if (parseExtSuperblock(buffer.subarray(0, bytesRead)) !== undefined) return place / 1024;
  }
  return undefined;
};
