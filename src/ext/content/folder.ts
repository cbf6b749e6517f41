import { crc32c } from '../checksum.ts';
import { hasFlag, type Inode } from '../inode.ts';
import { type ExtVolume, noteBlock, readBlocks } from '../volume.ts';
import { isIndexRight } from './index-block.ts';
import { readInline } from './inline.ts';
import { runsOf } from './runs.ts';

/** An entry of a folder; never one of the two dots. */
export interface FolderEntry {
  /** Each character stands for one byte. */
  readonly name: string;
  readonly inode: number;
  /** What kind of thing it is said to be; `unknown` where the volume does not keep that. */
  readonly kind: Inode['kind'];
}

/** What came of a folder, or of one stretch of it. */
export interface Listing {
  readonly entries: readonly FolderEntry[];
  /** Entries that were left out, because no file can have their name or their inode. */
  readonly odd: number;
  /** Some of it could not be read, or contradicts itself: names may be missing. */
  readonly isWhole: boolean;
  /** A checksum was wrong: names may be wrong. */
  readonly isRight: boolean;
}

const kinds = [
  'unknown',
  'file',
  'directory',
  'character-device',
  'block-device',
  'fifo',
  'socket',
  'symlink',
] as const;

const leadBytes = 8;
const tailBytes = 12;
const tailKind = 0xde;
/** Blocks of a folder read at a time. */
const atOnce = 64;

/**
 * A folder, in the order that it stands on the volume, a stretch at a time. The index of a large one is not needed for
 * that: its blocks look like empty ones (Linux, Documentation/filesystems/ext4/directory.rst).
 */
export function* listFolder(volume: ExtVolume, inode: Inode): Generator<Listing> {
  const { sizeBytes, isChecksumRight, number } = inode;
  if (hasFlag(inode, 'encrypted')) {
    volume.findings.add({ kind: 'encrypted', inode: number });
    yield { entries: [], odd: 0, isWhole: false, isRight: true };
    return;
  }
  if (hasFlag(inode, 'inline')) return yield listInline(volume, inode);
  const { blockBytes } = volume.superblock;
  const seen = new Set<number>();
  let next = 0;
  for (const run of runsOf(volume, inode, { from: 0, until: Infinity })) {
    const { kind, logical, physical, isDoubtful } = run;
    const count = Math.min(run.count, volume.superblock.blocks);
    if (logical > next) volume.findings.add({ kind: 'folder-hole', inode: number });
    if (kind === 'lost' || logical > next) yield nothing(isChecksumRight);
    if (kind === 'lost') continue;
    next = logical + count;
    // The driver reads what is called unwritten in a folder; e2fsck(8) calls it written.
    if (kind === 'unwritten') volume.findings.add({ kind: 'folder-bad', inode: number });
    for (let at = 0; at < count; at += atOnce) {
      const lot = Math.min(atOnce, count - at);
      const bytes = readBlocks(volume, physical + at, lot);
      for (let index = 0; index < lot; index++) {
        const block = physical + at + index;
        if (seen.has(block)) {
          noteBlock(volume, 'folder-loop', block, number);
          yield nothing(isChecksumRight);
          continue;
        }
        seen.add(block);
        const inRun = bytes.subarray(index * blockBytes, (index + 1) * blockBytes);
        const whole = inRun.length === blockBytes ? inRun : readBlocks(volume, block, 1);
        if (whole.length < blockBytes) {
          noteBlock(volume, 'unreadable', block, number);
          yield nothing(isChecksumRight);
          continue;
        }
        const { isRight, ...listing } = listBlock(volume, inode, block, whole, logical + at + index === 0);
        yield { ...listing, isRight: isRight && isChecksumRight && !isDoubtful };
      }
    }
  }
  if (next * blockBytes < sizeBytes) {
    volume.findings.add({ kind: 'folder-hole', inode: number });
    yield nothing(isChecksumRight);
  }
}

const nothing = (isRight: boolean): Listing => ({ entries: [], odd: 0, isWhole: false, isRight });

const listBlock = (volume: ExtVolume, inode: Inode, block: number, bytes: Buffer, isFirst: boolean): Listing => {
  const { metadataChecksums } = volume.superblock.features;
  const tailAt = bytes.length - tailBytes;
  const isIndex =
    hasFlag(inode, 'indexed') && (isFirst || lengthOf(bytes.readUInt16LE(4), bytes.length) === bytes.length);
  // A block that became part of the index may still have the tail that it had before.
  const hasTail = metadataChecksums && !isIndex && isTail(bytes, tailAt);
  const isRight =
    !metadataChecksums ||
    (hasTail
      ? crc32c(inode.seed, bytes, 0, tailAt) === bytes.readUInt32LE(tailAt + 8)
      : isIndexRight(bytes, inode.seed, isFirst));
  if (!isRight) noteBlock(volume, 'folder-checksum', block, inode.number);
  const listing = takeEntries(volume, hasTail ? bytes.subarray(0, tailAt) : bytes, 0);
  if (!listing.isWhole || listing.odd > 0) noteBlock(volume, 'folder-bad', block, inode.number);
  return { ...listing, isRight };
};

const isTail = (bytes: Buffer, at: number): boolean =>
  bytes.readUInt32LE(at) === 0 &&
  bytes.readUInt16LE(at + 4) === tailBytes &&
  bytes.readUInt16LE(at + 6) === tailKind << 8;

/** Entries in the inode, behind the number of the folder above, and then in its attribute (ext4/inlinedata.rst). */
const listInline = (volume: ExtVolume, inode: Inode): Listing => {
  const { parts, isWhole, content } = readInline(volume, inode);
  const [area, rest] = parts;
  const lists = [takeEntries(volume, area as Buffer, 4)];
  if (rest) lists.push(takeEntries(volume, rest, 0));
  const entries = lists.flatMap((list) => list.entries);
  const odd = lists.reduce((sum, list) => sum + list.odd, 0);
  const isComplete = content.length >= inode.sizeBytes && lists.every((list) => list.isWhole);
  if (!isComplete || odd > 0) volume.findings.add({ kind: 'folder-bad', inode: inode.number });
  return { entries, odd, isWhole: isComplete, isRight: isWhole && inode.isChecksumRight };
};

/** With blocks of 64 KiB an entry as long as the block does not fit its length (ext4/directory.rst). */
const lengthOf = (stored: number, blockBytes: number): number => {
  if (blockBytes < 65536) return stored;
  return stored === 65535 || stored === 0 ? blockBytes : (stored & 65532) | ((stored & 3) << 16);
};

const takeEntries = (volume: ExtVolume, bytes: Buffer, start: number): Listing => {
  const { features, inodes, blockBytes } = volume.superblock;
  const entries: FolderEntry[] = [];
  let odd = 0;
  for (let at = start; at < bytes.length; ) {
    const room = bytes.length - at;
    // What is left over at the end of an inode is too small for an entry.
    if (room < leadBytes) break;
    const length = lengthOf(bytes.readUInt16LE(at + 4), blockBytes);
    // Where kinds are not kept, the byte of the kind is what was there before.
    const nameBytes = bytes[at + 6] as number;
    if (length < leadBytes || length % 4 !== 0 || length > room || leadBytes + nameBytes > length)
      return { entries, odd, isWhole: false, isRight: true };
    const inode = bytes.readUInt32LE(at);
    const name = bytes.toString('latin1', at + leadBytes, at + leadBytes + nameBytes);
    at += length;
    if (inode === 0 || name === '.' || name === '..') continue;
    if (inode > inodes || nameBytes === 0 || nameBytes > 255 || /[/\0]/.test(name)) odd += 1;
    else
      entries.push({
        name,
        inode,
        kind: (features.fileType && kinds[(bytes[at - length + 7] as number) & 7]) || 'unknown',
      });
  }
  return { entries, odd, isWhole: true, isRight: true };
};
