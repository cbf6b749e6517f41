import { attributesInInode } from '../attributes/entries.ts';
import type { Inode } from '../inode.ts';
import type { ExtVolume } from '../volume.ts';

/** What is kept in the inode itself, and in its attribute `system.data` (Linux, ext4/inlinedata.rst). */
export interface Inline {
  /** As long as what is there, which may be more than the file's size. */
  readonly content: Buffer;
  /** The two parts, for a folder, which has entries in each. */
  readonly parts: readonly Buffer[];
  readonly isWhole: boolean;
}

/** The attribute's place among the names: `system.`, and `data`. */
const systemIndex = 7;

export const readInline = (volume: ExtVolume, inode: Inode): Inline => {
  const { area, sizeBytes } = inode;
  const more = attributesInInode(volume, inode).find(({ index, name }) => index === systemIndex && name === 'data');
  const rest = more?.valueInode ? undefined : more?.value;
  const parts = rest && rest.length > 0 ? [area, rest] : [area];
  const content = Buffer.concat(parts);
  // mke2fs -d leaves a file without data as one in its inode, whatever its size: the kernel reads the rest as zeros.
  const isLongEnough =
    content.length >= sizeBytes || (volume.superblock.features.metadataChecksums && inode.kind === 'file');
  if (!isLongEnough) volume.findings.add({ kind: 'inline-bad', inode: inode.number });
  const isWhole = inode.isChecksumRight && isLongEnough;
  return { content, parts, isWhole };
};
