import type { Cache } from './cache.ts';
import { createCache } from './cache.ts';
import { createFindings, type FindingKind, type Findings } from './findings.ts';
import { createGroups, type Group, type Groups, tableBlocks } from './layout/groups.ts';
import type { Superblock } from './layout/superblock.ts';
import { type Port, readPort } from './port.ts';

/** A block as the journal has it. */
export interface Replayed {
  /** The block of the volume that holds it. */
  readonly at: number;
  /** Its first four bytes were taken out, because they looked like the journal's own. */
  readonly isEscaped: boolean;
}

/** An open ext2/3/4 volume. What is read of it is what would be there if the journal had been replayed. */
export interface ExtVolume {
  readonly port: Port;
  readonly superblock: Superblock;
  readonly groups: Groups;
  readonly findings: Findings;
  /** Blocks of which the journal has a newer state. */
  readonly replayed: ReadonlyMap<number, Replayed>;
  /** Pieces of inode tables, by their first block. */
  readonly inodeTables: Cache<Buffer>;
  /** Blocks that are the file system's own: pairs of a first block and the one after the last, in order. */
  metadata: Float64Array | undefined;
}

/** Pieces of inode tables that are remembered, of 64 KiB or one block each. */
const tablesKept = 64;

export const createVolume = (
  port: Port,
  superblock: Superblock,
  replayed: ReadonlyMap<number, Replayed>,
  findings: Findings = createFindings(),
): ExtVolume => {
  const { blockBytes, blocks } = superblock;
  const last = blocks - tableBlocks(superblock);
  const isPlausible = (group: Group) =>
    group.inodeTable > 0 && group.inodeTable <= last && group.blockBitmap < blocks && group.inodeBitmap < blocks;
  const groups = createGroups(
    superblock,
    (block) => readBlocks(volume, block, 1),
    isPlausible,
    (kind, block) => noteBlock(volume, kind, block),
  );
  const volume: ExtVolume = {
    ...{ port, superblock, groups, findings, replayed, metadata: undefined },
    inodeTables: createCache(tablesKept),
  };
  // A block at the least; readBlocks asks for no more than the volume has.
  if (blockBytes > port.sizeBytes) findings.add({ kind: 'superblock-bad' });
  return volume;
};

/** jbd2's magic number, big-endian: what an escaped block begins with. */
const journalMagic = 0xc03b3998;

/** Blocks in their newest state; short where one cannot be read, or the volume ends. */
export const readBlocks = (volume: ExtVolume, block: number, count: number): Buffer => {
  const { port, superblock, replayed } = volume;
  const { blockBytes, blocks } = superblock;
  const most = Math.min(count, blocks - block);
  if (!(block >= 0) || !(most > 0)) return Buffer.alloc(0);
  if (replayed.size === 0 || !isTouched(replayed, block, most))
    return readPort(port, block * blockBytes, most * blockBytes);
  const parts: Buffer[] = [];
  for (let at = block; at < block + most; at++) {
    const newer = replayed.get(at);
    const part = readPort(port, (newer?.at ?? at) * blockBytes, blockBytes);
    parts.push(newer?.isEscaped ? unescaped(part) : part);
    if (part.length < blockBytes) break;
  }
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
};

const isTouched = (replayed: ReadonlyMap<number, Replayed>, block: number, count: number): boolean => {
  for (let at = block; at < block + count; at++) if (replayed.has(at)) return true;
  return false;
};

const unescaped = (bytes: Buffer): Buffer => {
  if (bytes.length < 4) return bytes;
  const copy = Buffer.from(bytes);
  copy.writeUInt32BE(journalMagic);
  return copy;
};

/** A finding about a block. */
export const noteBlock = (volume: ExtVolume, kind: FindingKind, block: number, inode?: number): void => {
  const { blockBytes } = volume.superblock;
  const range = { startBytes: block * blockBytes, endBytes: (block + 1) * blockBytes };
  volume.findings.add({ kind, ...(inode !== undefined && { inode }), range });
};
