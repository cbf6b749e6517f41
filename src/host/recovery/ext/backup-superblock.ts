import { open } from 'node:fs/promises';
import { extSuperblockBytes, parseExtSuperblock } from '../../../formats/ext-superblock.ts';
import type { Volume } from '../../../model/storage.ts';

/** A spare superblock. */
export interface SpareSuperblock {
  /** From the start of the volume; mount's `sb=` counts it in units of 1 KiB (ext4(5)). */
  readonly offsetBytes: number;
  readonly blockBytes: number;
}

/**
 * Where mke2fs keeps its first spare superblocks: at the start of block group 1, which is as many blocks in as a block
 * has bits, and with blocks of 1 KiB one more; then of group 3 (mke2fs(8), sparse_super; e2fsck(8), -b).
 */
const places: readonly SpareSuperblock[] = [
  { blockBytes: 4096, offsetBytes: 32768 * 4096 },
  { blockBytes: 2048, offsetBytes: 16384 * 2048 },
  { blockBytes: 1024, offsetBytes: 8193 * 1024 },
  { blockBytes: 4096, offsetBytes: 98304 * 4096 },
  { blockBytes: 2048, offsetBytes: 49152 * 2048 },
  { blockBytes: 1024, offsetBytes: 24577 * 1024 },
];

/** The first spare superblock that is one. */
export const findBackupSuperblock = async (volume: Volume): Promise<SpareSuperblock | undefined> => {
  const { path, offsetBytes, sizeBytes } = volume;
  await using handle = await open(path);
  for (const place of places) {
    if (place.offsetBytes + extSuperblockBytes > sizeBytes) continue;
    const position = offsetBytes + place.offsetBytes;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(extSuperblockBytes), 0, extSuperblockBytes, position);
    if (parseExtSuperblock(buffer.subarray(0, bytesRead)) !== undefined) return place;
  }
  return undefined;
};
