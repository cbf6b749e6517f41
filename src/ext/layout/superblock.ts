import { crc32c, crcStart } from '../checksum.ts';
import { joined, type Port, readPort } from '../port.ts';
import { type Features, featuresOf } from './features.ts';

export const superblockBytes = 1024;
/** Where the first superblock stands, whatever the size of a block. */
export const firstSuperblockAt = 1024;

/** What a superblock says of how a volume is laid out (Linux, Documentation/filesystems/ext4/super.rst). */
export interface Superblock {
  readonly features: Features;
  readonly blockBytes: number;
  /** What is given to files at a time; a block, but under bigalloc. */
  readonly clusterBytes: number;
  /** Blocks of a volume, numbered from 0. */
  readonly blocks: number;
  readonly firstDataBlock: number;
  readonly blocksPerGroup: number;
  readonly inodesPerGroup: number;
  readonly inodes: number;
  readonly inodeBytes: number;
  readonly groups: number;
  readonly descriptorBytes: number;
  readonly reservedDescriptorBlocks: number;
  readonly firstMetaGroup: number;
  /** Groups with a spare superblock, under sparse_super2. */
  readonly spareGroups: readonly number[];
  /** The group that this copy says it stands in. */
  readonly group: number;
  /** What the checksums of everything else begin with. */
  readonly seed: number;
  readonly uuid: Buffer;
  readonly label: string;
  /** Hurd's inodes are a little different. */
  readonly isHurd: boolean;
  readonly journalInode: number;
  readonly hasExternalJournal: boolean;
  /** The journal inode's `i_block` and its size's two halves, kept for the case that the inode is lost. */
  readonly journalCopy: Buffer | undefined;
  /** Inodes that belong to the file system: quota, orphan file. */
  readonly ownInodes: readonly number[];
  readonly isChecksumRight: boolean;
}

const magic = 0xef53;
const journalCopyKind = 1;
const hurd = 1;

/** Whether the superblock adds up; where it does not, nothing can be read by it. */
const isPlausible = (each: Superblock): boolean => {
  const { blockBytes, inodeBytes, descriptorBytes, blocksPerGroup, inodesPerGroup, blocks, firstDataBlock } = each;
  const bits = blockBytes * 8;
  return (
    blockBytes <= 65536 &&
    inodeBytes >= 128 &&
    inodeBytes <= blockBytes &&
    Number.isInteger(Math.log2(inodeBytes)) &&
    descriptorBytes >= 32 &&
    descriptorBytes <= blockBytes &&
    Number.isInteger(Math.log2(descriptorBytes)) &&
    blocksPerGroup > 0 &&
    inodesPerGroup > 0 &&
    inodesPerGroup <= bits &&
    firstDataBlock <= 1 &&
    blocks > firstDataBlock &&
    blocks < 2 ** 48 &&
    each.groups < 2 ** 32
  );
};

/** Parses the 1024 bytes of a superblock; undefined where they are none, or nothing can be read by it. */
export const parseSuperblock = (bytes: Buffer): Superblock | undefined => {
  if (bytes.length < superblockBytes || bytes.readUInt16LE(0x38) !== magic) return undefined;
  const u16 = (at: number) => bytes.readUInt16LE(at);
  const u32 = (at: number) => bytes.readUInt32LE(at);
  const isDynamic = u32(0x4c) >= 1;
  const features = isDynamic ? featuresOf(u32(0x5c), u32(0x60), u32(0x64)) : featuresOf(0, 0, 0);
  const { is64Bit, metadataChecksums, checksumSeed } = features;
  if (u32(0x18) > 6) return undefined;
  const uuid = Buffer.from(bytes.subarray(0x68, 0x78));
  const blocks = joined(u32(0x04), is64Bit ? u32(0x150) : 0);
  const journalInode = u32(0xe0);
  const superblock: Superblock = {
    features,
    blockBytes: 1024 << u32(0x18),
    clusterBytes: 1024 << (features.bigClusters ? Math.min(20, u32(0x1c)) : u32(0x18)),
    blocks,
    firstDataBlock: u32(0x14),
    blocksPerGroup: u32(0x20),
    inodesPerGroup: u32(0x28),
    inodes: u32(0x00),
    inodeBytes: isDynamic ? u16(0x58) : 128,
    groups: Math.ceil((blocks - u32(0x14)) / u32(0x20)),
    descriptorBytes: is64Bit ? Math.max(32, u16(0xfe)) : 32,
    reservedDescriptorBlocks: u16(0xce),
    firstMetaGroup: u32(0x104),
    spareGroups: [u32(0x24c), u32(0x250)].filter((group) => group > 0),
    group: u16(0x5a),
    seed: checksumSeed ? u32(0x270) : crc32c(crcStart, uuid),
    uuid,
    label: bytes.toString('latin1', 0x78, 0x88).replace(/\0.*$/s, ''),
    isHurd: u32(0x48) === hurd,
    journalInode,
    hasExternalJournal: features.hasJournal && journalInode === 0,
    journalCopy: bytes[0xfd] === journalCopyKind ? Buffer.from(bytes.subarray(0x10c, 0x150)) : undefined,
    ownInodes: [u32(0x240), u32(0x244), u32(0x26c), u32(0x280)].filter((inode) => inode > 0),
    isChecksumRight: !metadataChecksums || crc32c(crcStart, bytes, 0, 0x3fc) === u32(0x3fc),
  };
  return isPlausible(superblock) ? superblock : undefined;
};

const isPowerOf = (value: number, base: number): boolean => {
  let power = base;
  while (power < value) power *= base;
  return power === value;
};

/** Whether a group begins with a superblock (fs/ext4/balloc.c). */
export const hasSuperblock = ({ features, spareGroups }: Superblock, group: number): boolean => {
  if (group === 0) return true;
  if (features.sparseSuper2) return spareGroups.includes(group);
  if (group === 1 || !features.sparseSuper) return true;
  return [3, 5, 7].some((base) => isPowerOf(group, base));
};

/** A spare superblock that is one. */
export interface Spare {
  readonly at: number;
  readonly superblock: Superblock;
}

/** Groups in which mke2fs puts spares on every volume that is large enough. */
const spareGroups = [1, 3, 5, 7, 9, 25, 27, 49];

/**
 * The spare superblocks where mke2fs would have put them: groups have as many blocks as a block has bits, and under
 * sparse_super2 the last one has a spare too.
 */
export function* findSpares(port: Port): Generator<Spare> {
  for (const blockBytes of [4096, 1024, 2048, 8192, 16384, 32768, 65536]) {
    const blocksPerGroup = blockBytes * 8;
    const firstDataBlock = blockBytes === 1024 ? 1 : 0;
    const last = Math.ceil((port.sizeBytes / blockBytes - firstDataBlock) / blocksPerGroup) - 1;
    for (const group of new Set([...spareGroups, last])) {
      const at = (firstDataBlock + group * blocksPerGroup) * blockBytes;
      if (group < 1 || at + superblockBytes > port.sizeBytes) continue;
      const superblock = parseSuperblock(readPort(port, at, superblockBytes));
      if (superblock?.blockBytes === blockBytes && superblock.group === (group & 0xffff) && superblock.isChecksumRight)
        yield { at, superblock };
    }
  }
}
