import type { Inode } from '../inode.ts';
import { isMetadata } from '../layout/metadata.ts';
import { type ExtVolume, noteBlock } from '../volume.ts';

/** The resize inode lists descriptors that are reserved, which are the file system's own (ext4/special_inodes.rst). */
const resizeInode = 7;

/** Whether content of a file can be there: not outside the volume, nor in what is the file system's own. */
export const isPlaceable = (volume: ExtVolume, inode: Inode, block: number, count: number): boolean => {
  const { blocks, firstDataBlock } = volume.superblock;
  const isOutside = block < firstDataBlock || block + count > blocks;
  if (!isOutside && (inode.number === resizeInode || !isMetadata(volume, block, count))) return true;
  noteBlock(volume, isOutside ? 'block-outside' : 'block-of-metadata', block, inode.number);
  return false;
};
