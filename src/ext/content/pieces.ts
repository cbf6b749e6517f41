import type { ByteRange } from '../../model/recovery.ts';
import { hasFlag, type Inode } from '../inode.ts';
import { readPort } from '../port.ts';
import { type ExtVolume, noteBlock, readBlocks } from '../volume.ts';
import { readInline } from './inline.ts';
import { runsOf } from './runs.ts';

/** A piece of a file. What could not be read of it is zeros, and stands in `bad`, as bytes of the file. */
export interface Piece {
  readonly startBytes: number;
  readonly content: Buffer;
  readonly bad: readonly ByteRange[];
}

const pieceBytes = 1 << 20;
const sectorBytes = 512;

/**
 * A file's content in order, up to its size; what is left out are zeros: holes, and what was reserved but not written.
 * A piece with bad bytes but no content stands for what nobody can say the place of.
 * @param fromBytes what ends before is left out, and a piece may begin there
 */
export function* piecesOf(volume: ExtVolume, inode: Inode, fromBytes = 0): Generator<Piece> {
  const { sizeBytes } = inode;
  if (fromBytes >= sizeBytes) return;
  if (hasFlag(inode, 'encrypted') || hasFlag(inode, 'compressed')) {
    volume.findings.add({ kind: hasFlag(inode, 'encrypted') ? 'encrypted' : 'compressed', inode: inode.number });
    yield {
      ...{ startBytes: fromBytes, content: Buffer.alloc(0) },
      bad: [{ startBytes: fromBytes, endBytes: sizeBytes }],
    };
    return;
  }
  if (hasFlag(inode, 'inline')) {
    const { content, isWhole } = readInline(volume, inode);
    const bad = isWhole ? [] : [{ startBytes: fromBytes, endBytes: sizeBytes }];
    yield { startBytes: fromBytes, content: content.subarray(fromBytes, sizeBytes), bad };
    return;
  }
  const { blockBytes } = volume.superblock;
  const window = { from: Math.floor(fromBytes / blockBytes), until: Math.ceil(sizeBytes / blockBytes) };
  for (const { kind, logical, count, physical, isDoubtful } of runsOf(volume, inode, window)) {
    if (kind === 'unwritten' && !isDoubtful) continue;
    const end = Math.min(sizeBytes, (logical + count) * blockBytes);
    const start = Math.max(fromBytes, logical * blockBytes);
    if (kind !== 'data') {
      yield { startBytes: start, content: Buffer.alloc(0), bad: [{ startBytes: start, endBytes: end }] };
      continue;
    }
    const diskAt = physical * blockBytes - logical * blockBytes;
    for (let at = start; at < end; ) {
      const length = Math.min(pieceBytes - (at % blockBytes), end - at);
      for (const piece of readPiece(volume, inode, at, length, diskAt + at))
        yield isDoubtful ? { ...piece, bad: [{ startBytes: at, endBytes: at + length }] } : piece;
      at += length;
    }
  }
}

/** In one piece, or where that cannot be read block by block: a failing disk takes its time with each. */
function* readPiece(
  volume: ExtVolume,
  inode: Inode,
  startBytes: number,
  length: number,
  diskAt: number,
): Generator<Piece> {
  const { blockBytes } = volume.superblock;
  const block = Math.floor(diskAt / blockBytes);
  const lead = diskAt - block * blockBytes;
  const content =
    volume.replayed.size === 0
      ? readPort(volume.port, diskAt, length)
      : readBlocks(volume, block, Math.ceil((lead + length) / blockBytes)).subarray(lead, lead + length);
  if (content.length === length) return yield { startBytes, content, bad: [] };
  for (let at = 0; at < length; ) {
    const inBlock = (diskAt + at) % blockBytes;
    const wanted = Math.min(blockBytes - inBlock, length - at);
    yield readSectors(volume, inode, startBytes + at, wanted, diskAt + at);
    at += wanted;
  }
}

/** What can be read of a block, or of a part of one, in which something may not be. */
const readSectors = (volume: ExtVolume, inode: Inode, startBytes: number, length: number, diskAt: number): Piece => {
  const { blockBytes } = volume.superblock;
  const block = Math.floor(diskAt / blockBytes);
  const inBlock = diskAt % blockBytes;
  const whole = readBlocks(volume, block, 1).subarray(inBlock, inBlock + length);
  if (whole.length === length) return { startBytes, content: whole, bad: [] };
  noteBlock(volume, 'unreadable', block, inode.number);
  const content = Buffer.alloc(length);
  whole.copy(content);
  const bad: ByteRange[] = [];
  for (let at = whole.length; at < length; ) {
    const sector = Math.min(length - at, sectorBytes - ((diskAt + at) % sectorBytes));
    // A replayed block is whole or not; of others the sectors behind a bad one may be good.
    const read = volume.replayed.has(block) ? 0 : readPort(volume.port, diskAt + at, sector).copy(content, at);
    if (read < sector) bad.push({ startBytes: startBytes + at, endBytes: startBytes + at + sector });
    at += sector;
  }
  return { startBytes, content, bad: mergeRanges(bad) };
};

/** Ranges in order, those that touch as one. */
export const mergeRanges = (ranges: readonly ByteRange[]): readonly ByteRange[] => {
  const merged: { startBytes: number; endBytes: number }[] = [];
  for (const { startBytes, endBytes } of ranges.toSorted((one, other) => one.startBytes - other.startBytes)) {
    const last = merged.at(-1);
    if (last && startBytes <= last.endBytes) last.endBytes = Math.max(last.endBytes, endBytes);
    else merged.push({ startBytes, endBytes });
  }
  return merged;
};
