import { type Cache, createCache } from '../cache.ts';
import { crc16, crc32cAround, crc32cOf } from '../checksum.ts';
import { joined } from '../port.ts';
import { hasSuperblock, type Superblock } from './superblock.ts';

/** A block group, as its descriptor has it (Linux, Documentation/filesystems/ext4/group_descr.rst). */
export interface Group {
  readonly blockBitmap: number;
  readonly inodeBitmap: number;
  readonly inodeTable: number;
  /** No inode of it was ever used: its table may never have been written. */
  readonly isUnused: boolean;
  /** Inodes at the end of its table that were never used. */
  readonly unusedInodes: number;
  readonly isChecksumRight: boolean;
}

const unusedFlag = 1;
const checksumAt = 0x1e;

const isChecksumRight = (superblock: Superblock, bytes: Buffer, number: number): boolean => {
  const { features, seed, uuid, descriptorBytes } = superblock;
  const stored = bytes.readUInt16LE(checksumAt);
  if (features.metadataChecksums)
    return (crc32cAround(crc32cOf(seed, number), bytes, descriptorBytes, checksumAt, 2) & 0xffff) === stored;
  if (!features.groupChecksums) return true;
  const numbered = Buffer.alloc(4);
  numbered.writeUInt32LE(number);
  let crc = crc16(crc16(crc16(0xffff, uuid), numbered), bytes, 0, checksumAt);
  if (features.is64Bit && descriptorBytes > 32) crc = crc16(crc, bytes, checksumAt + 2, descriptorBytes);
  return crc === stored;
};

/** Parses a descriptor of `superblock.descriptorBytes`. */
export const parseGroup = (superblock: Superblock, bytes: Buffer, number: number): Group => {
  const { features, descriptorBytes } = superblock;
  const isWide = features.is64Bit && descriptorBytes >= 64;
  const block = (low: number, high: number) => joined(bytes.readUInt32LE(low), isWide ? bytes.readUInt32LE(high) : 0);
  const hasCounts = features.metadataChecksums || features.groupChecksums;
  return {
    blockBitmap: block(0x00, 0x20),
    inodeBitmap: block(0x04, 0x24),
    inodeTable: block(0x08, 0x28),
    isUnused: hasCounts && (bytes.readUInt16LE(0x12) & unusedFlag) !== 0,
    unusedInodes: hasCounts ? bytes.readUInt16LE(0x1c) + (isWide ? bytes.readUInt16LE(0x32) * 65536 : 0) : 0,
    isChecksumRight: isChecksumRight(superblock, bytes, number),
  };
};

export const firstBlockOf = ({ firstDataBlock, blocksPerGroup }: Superblock, group: number): number =>
  firstDataBlock + group * blocksPerGroup;

/** Blocks of an inode table. */
export const tableBlocks = ({ inodesPerGroup, inodeBytes, blockBytes }: Superblock): number =>
  Math.ceil((inodesPerGroup * inodeBytes) / blockBytes);

export const descriptorsPerBlock = ({ blockBytes, descriptorBytes }: Superblock): number =>
  Math.floor(blockBytes / descriptorBytes);

/** Blocks of descriptors that follow every superblock; under meta_bg the rest lies in the groups that they describe. */
export const leadingDescriptorBlocks = (superblock: Superblock): number => {
  const all = Math.ceil(superblock.groups / descriptorsPerBlock(superblock));
  return superblock.features.metaGroups ? Math.min(all, superblock.firstMetaGroup) : all;
};

/** With blocks of 1 KiB that are counted from 0, as under bigalloc, the first superblock is in block 1 all the same. */
const firstBlockIsSkipped = ({ blockBytes, firstDataBlock }: Superblock): boolean =>
  blockBytes === 1024 && firstDataBlock === 0;

/** Spares looked at for a block of descriptors, of the many that a large volume has. */
const mostSpares = 6;

/**
 * Where the block with the n-th lot of descriptors stands, the first copy first
 * (Linux, Documentation/filesystems/ext4/blockgroup.rst).
 */
export const descriptorPlaces = (superblock: Superblock, lot: number): readonly number[] => {
  const { groups, features, firstMetaGroup } = superblock;
  const skipped = (group: number) => (group === 0 && firstBlockIsSkipped(superblock) ? 1 : 0);
  if (features.metaGroups && lot >= firstMetaGroup) {
    const perLot = descriptorsPerBlock(superblock);
    const first = lot * perLot;
    return [first, first + 1, first + perLot - 1]
      .filter((group) => group < groups)
      .map((group) => firstBlockOf(superblock, group) + (hasSuperblock(superblock, group) ? 1 : 0) + skipped(group));
  }
  const places: number[] = [];
  for (let group = 0; group < groups && places.length < mostSpares; group = group < 9 ? group + 1 : group * 3)
    if (hasSuperblock(superblock, group)) places.push(firstBlockOf(superblock, group) + 1 + lot + skipped(group));
  return places;
};

/** Descriptors, read when they are wanted. */
export interface Groups {
  /** undefined where no copy could be read. */
  get(number: number): Group | undefined;
}

interface Lot {
  readonly groups: readonly (Group | undefined)[];
}

/** Blocks of descriptors that are remembered. */
const lotsKept = 512;

/**
 * @param read a block of the volume, short where it cannot be read
 * @param isPlausible whether a group's tables can be where its descriptor says
 * @param onBad a descriptor of which every copy is bad, or the first one, where another is good
 */
export const createGroups = (
  superblock: Superblock,
  read: (block: number) => Buffer,
  isPlausible: (group: Group) => boolean,
  onBad: (kind: 'group-checksum' | 'group-bad', block: number) => void,
): Groups => {
  const lots: Cache<Lot> = createCache(lotsKept);
  const perLot = descriptorsPerBlock(superblock);
  const { descriptorBytes, blockBytes } = superblock;
  const readLot = (lot: number): Lot => {
    const count = Math.min(perLot, superblock.groups - lot * perLot);
    const found: (Group | undefined)[] = new Array(count).fill(undefined);
    for (const place of descriptorPlaces(superblock, lot)) {
      const bytes = read(place);
      let isWhole = bytes.length === blockBytes;
      for (let index = 0; index < count; index++) {
        const known = found[index];
        if ((known?.isChecksumRight && isPlausible(known)) || bytes.length < (index + 1) * descriptorBytes) continue;
        const one = bytes.subarray(index * descriptorBytes, (index + 1) * descriptorBytes);
        const group = parseGroup(superblock, one, lot * perLot + index);
        const isGood = group.isChecksumRight && isPlausible(group);
        if (isGood || known === undefined) found[index] = group;
        if (!isGood) onBad(group.isChecksumRight ? 'group-bad' : 'group-checksum', place);
        isWhole &&= isGood;
      }
      if (isWhole) break;
    }
    return { groups: found };
  };
  return {
    get: (number) => {
      if (!(number >= 0 && number < superblock.groups)) return undefined;
      const lot = Math.floor(number / perLot);
      return lots.get(lot, readLot).groups[number - lot * perLot];
    },
  };
};
