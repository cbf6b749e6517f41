import { hasFlag, type Inode } from '../inode.ts';
import type { ExtVolume } from '../volume.ts';
import { extentMagic } from './extents.ts';
import { piecesOf } from './pieces.ts';

/** No path is longer (Linux, limits.h, PATH_MAX). */
const longest = 4096;

/** What a symbolic link leads to, each character one byte; undefined where that cannot be read. */
export const readLink = (volume: ExtVolume, inode: Inode): string | undefined => {
  const { sizeBytes, number } = inode;
  const target = sizeBytes > longest || sizeBytes === 0 ? undefined : targetOf(volume, inode);
  if (target === undefined) {
    if (!hasFlag(inode, 'encrypted')) volume.findings.add({ kind: 'link-bad', inode: number });
    return undefined;
  }
  return target;
};

const targetOf = (volume: ExtVolume, inode: Inode): string | undefined => {
  const { sizeBytes, area } = inode;
  if (isShort(volume, inode)) {
    const target = area.toString('latin1', 0, sizeBytes);
    return target.includes('\0') ? undefined : target;
  }
  const parts: Buffer[] = [];
  let next = 0;
  for (const { startBytes, content, bad } of piecesOf(volume, inode)) {
    if (bad.length > 0 || startBytes !== next) return undefined;
    parts.push(content);
    next += content.length;
  }
  const target = Buffer.concat(parts).toString('latin1');
  // The kernel ends it at the first zero.
  const end = target.indexOf('\0');
  if (next < sizeBytes || end === 0) return undefined;
  return end < 0 ? target : target.slice(0, end);
};

/** The target stands in the inode, in the place of a map of blocks (Linux, fs/ext4/inode.c, fast symlinks). */
const isShort = ({ superblock }: ExtVolume, inode: Inode): boolean => {
  if (hasFlag(inode, 'inline') || hasFlag(inode, 'encrypted') || inode.sizeBytes >= inode.area.length) return false;
  // Some have the flag of a map that they do not have, and the kernel reads them all the same.
  if (hasFlag(inode, 'extents')) return inode.sectors === 0 && inode.area.readUInt16LE(0) !== extentMagic;
  // With values in inodes of their own the count of its blocks says nothing; otherwise only its attributes' count.
  if (superblock.features.attributeInodes) return true;
  const own = inode.attributeBlock === 0 ? 0 : superblock.clusterBytes / 512;
  return inode.sectors - own <= 0;
};
