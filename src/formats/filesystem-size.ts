import { extSuperblockOffset } from './ext-superblock.ts';

/** How much of a volume's beginning filesystemBytes has to see: the superblock of btrfs stands at 64 KiB. */
export const sizeProbeBytes = 0x10000 + 0x1000;

/**
 * How many bytes a file system needs to be whole, as its own superblock says; undefined where it does not say, or is none of
 * ext2/3/4 (Linux, ext4/super.rst), XFS (xfs_dsb, XFS Algorithms & Data Structures) or btrfs (btrfs_super_block).
 * @param start the first sizeProbeBytes of the volume
 */
export const filesystemBytes = (type: string, start: Uint8Array): number | undefined => {
  if (start.length < sizeProbeBytes) return undefined;
  const bytes = Buffer.from(start.buffer, start.byteOffset, start.byteLength);
  if (/^ext[234]$/.test(type)) return extBytes(bytes.subarray(extSuperblockOffset));
  if (type === 'xfs') return xfsBytes(bytes);
  return type === 'btrfs' ? btrfsBytes(bytes.subarray(0x10000)) : undefined;
};

const extBytes = (superblock: Buffer): number | undefined => {
  if (superblock.readUInt16LE(0x38) !== 0xef53) return undefined;
  const has64Bit = (superblock.readUInt32LE(0x60) & 0x80) !== 0;
  const blocks = superblock.readUInt32LE(4) + (has64Bit ? superblock.readUInt32LE(0x150) * 2 ** 32 : 0);
  const power = superblock.readUInt32LE(0x18);
  return power > 6 ? undefined : sensible(blocks * 2 ** (10 + power));
};

const xfsBytes = (superblock: Buffer): number | undefined =>
  superblock.toString('latin1', 0, 4) === 'XFSB'
    ? sensible(superblock.readUInt32BE(4) * Number(superblock.readBigUInt64BE(8)))
    : undefined;

/** Of the device that the superblock stands on; the file system may have others. */
const btrfsBytes = (superblock: Buffer): number | undefined =>
  superblock.toString('latin1', 0x40, 0x48) === '_BHRfS_M'
    ? sensible(Number(superblock.readBigUInt64LE(0xd1)))
    : undefined;

const sensible = (bytes: number): number | undefined => (Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined);
