import { crc32c } from '../checksum.ts';
import type { Inode } from '../inode.ts';
import { joined } from '../port.ts';
import { type ExtVolume, noteBlock, readBlocks } from '../volume.ts';
import { isPlaceable } from './placement.ts';
import { lost, type MapWalk, type Run } from './run.ts';

/** What every node begins with. */
export const extentMagic = 0xf30a;
const headerBytes = 12;
const entryBytes = 12;
/** Five levels hold all blocks that a file can have (fs/ext4/extents.c). */
const mostDepth = 5;
/** A longer extent is one of this many blocks less, and unwritten (ext4/ifork.rst). */
const longestWritten = 32768;

/** A node of the tree: a block, or the area in the inode. */
interface Node {
  readonly bytes: Buffer;
  /** undefined for the inode's own. */
  readonly block: number | undefined;
  readonly isDoubtful: boolean;
}

/** What the header of a node says, where it can be right. */
interface Header {
  readonly entries: number;
  readonly most: number;
  readonly depth: number;
}

const headerOf = (bytes: Buffer): Header | undefined => {
  if (bytes.length < headerBytes || bytes.readUInt16LE(0) !== extentMagic) return undefined;
  const [entries, most, depth] = [bytes.readUInt16LE(2), bytes.readUInt16LE(4), bytes.readUInt16LE(6)];
  const isPossible = entries <= most && headerBytes + most * entryBytes <= bytes.length && depth <= mostDepth;
  return isPossible ? { entries, most, depth } : undefined;
};

const extentAt = (bytes: Buffer, at: number) => {
  const length = bytes.readUInt16LE(at + 4);
  const isUnwritten = length > longestWritten;
  const physical = joined(bytes.readUInt32LE(at + 8), bytes.readUInt16LE(at + 6));
  return { isUnwritten, physical, count: isUnwritten ? length - longestWritten : length };
};

/** The extents of a file as its tree has them (Linux, Documentation/filesystems/ext4/ifork.rst, "Extent Tree"). */
export function* walkExtents(walk: MapWalk): Generator<Run> {
  const { volume, inode, window } = walk;
  const root = headerOf(inode.area);
  if (root === undefined) {
    volume.findings.add({ kind: 'extent-bad', inode: inode.number });
    yield lost(window.from, window.until - window.from);
    return;
  }
  const isDoubtful = !inode.isChecksumRight || !isSound(walk, inode.area, root);
  const node: Node = { bytes: inode.area, block: undefined, isDoubtful };
  yield* walkNode(walk, node, root, 0, Infinity);
}

/** @param end the first block that is not of this node */
function* walkNode(walk: MapWalk, node: Node, header: Header, start: number, end: number): Generator<Run> {
  const { window } = walk;
  const { bytes } = node;
  const isLeaf = header.depth === 0;
  for (let index = 0; index < header.entries; index++) {
    const at = headerBytes + index * entryBytes;
    const logical = bytes.readUInt32LE(at);
    if (logical >= window.until) return;
    // The tree says where a node begins: one that begins elsewhere is in the wrong place.
    const isMisplaced =
      logical < start || logical >= end || (index === 0 && node.block !== undefined && logical !== start);
    if (isMisplaced) note(walk, 'extent-bad', node.block);
    const isDoubtful = node.isDoubtful || isMisplaced;
    if (isLeaf) {
      const { isUnwritten, physical, count } = extentAt(bytes, at);
      if (count === 0) note(walk, 'extent-bad', node.block);
      else yield { kind: isUnwritten ? 'unwritten' : 'data', logical, count, physical, isDoubtful };
      continue;
    }
    const next = index + 1 < header.entries ? bytes.readUInt32LE(at + entryBytes) : end;
    if (next <= window.from) continue;
    const child = joined(bytes.readUInt32LE(at + 4), bytes.readUInt16LE(at + 8));
    yield* walkChild(walk, child, header.depth - 1, isDoubtful, logical, Math.max(logical, next));
  }
  // The bytes behind the last entry are of entries that were there before; an empty node below the root is damage.
  if (header.entries === 0 && (node.block !== undefined || header.depth > 0)) {
    note(walk, 'extent-bad', node.block);
    if (header.depth > 0) yield lost(start, end - start);
  }
}

function* walkChild(
  walk: MapWalk,
  block: number,
  depth: number,
  isDoubtful: boolean,
  start: number,
  end: number,
): Generator<Run> {
  const { volume, inode, visited } = walk;
  const { blocks, blockBytes } = volume.superblock;
  const giveUp = () => lost(start, end - start);
  if (block === 0 || block >= blocks) {
    noteBlock(volume, 'block-outside', block, inode.number);
    return yield giveUp();
  }
  if (visited.has(block)) {
    noteBlock(volume, 'extent-loop', block, inode.number);
    return yield giveUp();
  }
  visited.add(block);
  const bytes = readBlocks(volume, block, 1);
  if (bytes.length < blockBytes) {
    noteBlock(volume, 'unreadable', block, inode.number);
    return yield giveUp();
  }
  const header = headerOf(bytes);
  if (header === undefined || header.depth !== depth) {
    noteBlock(volume, 'extent-bad', block, inode.number);
    return yield giveUp();
  }
  const isRight = isChecksumRight(walk, bytes, header.most);
  if (!isRight) noteBlock(volume, 'extent-checksum', block, inode.number);
  const node: Node = { bytes, block, isDoubtful: isDoubtful || !isRight || !isSound(walk, bytes, header) };
  yield* walkNode(walk, node, header, start, end);
}

/** The driver believes nothing in a node of which one entry leads where it cannot (fs/ext4/extents.c), nor do we. */
const isSound = ({ volume, inode }: Pick<MapWalk, 'volume' | 'inode'>, bytes: Buffer, header: Header): boolean => {
  for (let index = 0; index < header.entries; index++) {
    const extent = extentAt(bytes, headerBytes + index * entryBytes);
    if (header.depth === 0 && !isPlaceable(volume, inode, extent.physical, extent.count)) return false;
  }
  return true;
};

/** Whether what the inode itself says of its blocks can be right. */
export const isRootSound = (volume: ExtVolume, inode: Inode): boolean => {
  const root = headerOf(inode.area);
  return root !== undefined && isSound({ volume, inode }, inode.area, root);
};

/** The checksum stands behind the last entry that there is room for. */
const isChecksumRight = ({ volume, inode }: MapWalk, bytes: Buffer, most: number): boolean => {
  if (!volume.superblock.features.metadataChecksums) return true;
  const at = headerBytes + most * entryBytes;
  return at + 4 <= bytes.length && crc32c(inode.seed, bytes, 0, at) === bytes.readUInt32LE(at);
};

const note = ({ volume, inode }: MapWalk, kind: 'extent-bad', block: number | undefined): void => {
  if (block === undefined) volume.findings.add({ kind, inode: inode.number });
  else noteBlock(volume, kind, block, inode.number);
};
