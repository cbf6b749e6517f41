import type { BlockRange, DebugfsBlocks, DebugfsInode } from '../../../formats/debugfs.ts';
import type { ByteRange } from '../../../model/recovery.ts';

/** Where the content of files can be on a volume. */
export interface FileSpace {
  readonly blockBytes: number;
  readonly blocks: number;
  /** The file system's own; in order, without overlaps. */
  readonly metadata: readonly BlockRange[];
}

/**
 * The bytes of a file of which the list of its blocks does not tell where they are: what looks like a hole where blocks
 * are missing in the list, and what is said to be where no file's content can be.
 * @param isWhole whether debugfs listed the blocks without a complaint
 */
export const lostOf = (inode: DebugfsInode, isWhole: boolean, space: FileSpace): readonly ByteRange[] => {
  const { sizeBytes, blocks, listedBlocks, sectors, isInline, linkTarget } = inode;
  if (isInline || linkTarget !== undefined) return [];
  const { blockBytes } = space;
  const misled = blocks.filter((each) => !isPlausible(each, space));
  // The driver takes no such list at all (Linux, fs/ext4/block_validity.c).
  if (misled.some(({ first }) => first * blockBytes >= sizeBytes)) return [{ startBytes: 0, endBytes: sizeBytes }];
  const lost = misled.map(
    ({ first, count }): ByteRange => ({
      startBytes: first * blockBytes,
      endBytes: Math.min(sizeBytes, (first + count) * blockBytes),
    }),
  );
  // One block more may hold extended attributes.
  const isListed = (listedBlocks + 1) * blockBytes >= sectors * 512;
  if (isWhole && isListed) return lost;
  let at = 0;
  for (const { first, count } of [...blocks, { first: Math.ceil(sizeBytes / blockBytes), count: 0 }]) {
    const startBytes = Math.min(sizeBytes, first * blockBytes);
    if (startBytes > at) lost.push({ startBytes: at, endBytes: startBytes });
    at = Math.max(at, Math.min(sizeBytes, (first + count) * blockBytes));
  }
  return lost.sort((one, other) => one.startBytes - other.startBytes);
};

const isPlausible = ({ at, count }: DebugfsBlocks, { blocks, metadata }: FileSpace): boolean => {
  if (at + count > blocks) return false;
  // The first of them that does not end before these blocks begin.
  let [low, high] = [0, metadata.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((metadata[middle]?.end ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return (metadata[low]?.start ?? Infinity) >= at + count;
};
