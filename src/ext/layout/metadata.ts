import type { ExtVolume } from '../volume.ts';
import { descriptorPlaces, descriptorsPerBlock, firstBlockOf, leadingDescriptorBlocks, tableBlocks } from './groups.ts';
import { hasSuperblock } from './superblock.ts';

/** Groups of 128 TB with blocks of 4 KiB; of a volume with more, its own blocks are not told apart. */
const mostGroups = 2 ** 20;
/** Groups of which the tables lie in the first (mke2fs(8), flex_bg). */
const groupsTogether = 16;

/** Whether any of these blocks is the file system's own, so that no file's content can be there. */
export const isMetadata = (volume: ExtVolume, block: number, count: number): boolean => {
  volume.metadata ??= listMetadata(volume);
  const ranges = volume.metadata;
  // The first range that does not end before these blocks begin.
  let [low, high] = [0, ranges.length / 2];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle * 2 + 1] as number) <= block) low = middle + 1;
    else high = middle;
  }
  return low * 2 < ranges.length && (ranges[low * 2] as number) < block + count;
};

/** Superblocks, descriptors, bitmaps and inode tables; in order, merged (fs/ext4/block_validity.c). */
const listMetadata = ({ superblock, groups, port }: ExtVolume): Float64Array => {
  // A superblock may claim more than there is; what lies behind the end is told apart by that alone.
  const present = Math.ceil(port.sizeBytes / superblock.blockBytes / superblock.blocksPerGroup) + groupsTogether;
  const count = Math.min(superblock.groups, present);
  if (count > mostGroups) return new Float64Array();
  const ranges: [number, number][] = [];
  const leading = leadingDescriptorBlocks(superblock);
  const reserved = superblock.features.metaGroups ? 0 : superblock.reservedDescriptorBlocks;
  const table = tableBlocks(superblock);
  for (let number = 0; number < count; number++) {
    if (hasSuperblock(superblock, number)) {
      const first = number === 0 ? 0 : firstBlockOf(superblock, number);
      const extra = number === 0 ? superblock.firstDataBlock : 0;
      ranges.push([first, first + extra + 1 + leading + reserved]);
    }
    const group = groups.get(number);
    if (group === undefined) continue;
    const { blockBitmap, inodeBitmap, inodeTable } = group;
    if (!group.isChecksumRight) continue;
    ranges.push([blockBitmap, blockBitmap + 1], [inodeBitmap, inodeBitmap + 1], [inodeTable, inodeTable + table]);
  }
  if (superblock.features.metaGroups) {
    const lots = Math.ceil(count / descriptorsPerBlock(superblock));
    for (let lot = superblock.firstMetaGroup; lot < lots; lot++)
      for (const place of descriptorPlaces(superblock, lot)) ranges.push([place, place + 1]);
  }
  ranges.sort(([one], [other]) => one - other);
  const merged: number[] = [];
  for (const [start, end] of ranges) {
    const last = merged.length - 1;
    if (last > 0 && start <= (merged[last] as number)) merged[last] = Math.max(merged[last] as number, end);
    else merged.push(start, end);
  }
  return Float64Array.from(merged);
};
