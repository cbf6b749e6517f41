import { crc32c, crc32cAround, crcStart } from '../checksum.ts';
import { runsOf } from '../content/runs.ts';
import { type Inode, parseInode, readInode } from '../inode.ts';
import { readPort } from '../port.ts';
import type { ExtVolume } from '../volume.ts';

/** What every block of the log's own begins with (Linux, Documentation/filesystems/ext4/journal.rst); big-endian. */
export const logMagic = 0xc03b3998;

export const blockKinds = { descriptor: 1, commit: 2, superblock1: 3, superblock2: 4, revoke: 5 } as const;

/** The journal's superblock, and the way to its blocks. */
export interface Log {
  /** Reads a block of the log; undefined where it cannot be read. */
  readonly read: (index: number) => Buffer | undefined;
  /** The block of the volume that a block of the log is; undefined where nobody can say. */
  readonly placeOf: (index: number) => number | undefined;
  readonly blockBytes: number;
  /** The log goes round from `end` to `first`. */
  readonly first: number;
  readonly end: number;
  /** Where fast commits stand: from `end` + 1 on. */
  readonly fastEnd: number;
  readonly sequence: number;
  /** Where the oldest transaction begins; 0 where there is none. */
  readonly start: number;
  readonly features: LogFeatures;
  /** What the checksums of its blocks begin with. */
  readonly seed: number;
}

export interface LogFeatures {
  readonly hasCommitChecksums: boolean;
  readonly is64Bit: boolean;
  readonly isAsync: boolean;
  readonly checksums: 0 | 2 | 3;
  readonly hasFastCommits: boolean;
}

const incompat = { revoke: 1, is64Bit: 2, async: 4, checksums2: 8, checksums3: 16, fastCommits: 32 } as const;
const known = Object.values(incompat).reduce((sum, bit) => sum | bit, 0);
const checksumAt = 0xfc;
const superblockBytes = 1024;
/** A log has room for this many blocks at least beside its fast commits (Linux, include/linux/jbd2.h). */
const leastBlocks = 1024;
const usualFastBlocks = 256;

/** The journal of a volume, from its inode; undefined where none can be made out. */
export const openLog = (volume: ExtVolume): Log | undefined => {
  const { blockBytes } = volume.superblock;
  for (const inode of journalInodes(volume)) {
    const placeOf = placesOf(volume, inode);
    const read = (index: number) => {
      const place = placeOf(index);
      const bytes = place === undefined ? undefined : readPort(volume.port, place * blockBytes, blockBytes);
      return bytes?.length === blockBytes ? bytes : undefined;
    };
    const blocks = Math.floor(inode.sizeBytes / blockBytes);
    const head = read(0) && parseLog(read(0) as Buffer, blockBytes, blocks);
    if (head) return { ...head, read, placeOf };
  }
  return undefined;
};

/** The inode, and then what the superblock remembers of it. */
function* journalInodes(volume: ExtVolume): Generator<Inode> {
  const { journalInode, journalCopy, inodeBytes } = volume.superblock;
  const inode = readInode(volume, journalInode);
  if (inode?.kind === 'file' && inode.links > 0) yield inode;
  if (journalCopy === undefined) return;
  const raw = Buffer.alloc(inodeBytes);
  raw.writeUInt16LE(0o100600, 0x00);
  raw.writeUInt16LE(1, 0x1a);
  journalCopy.copy(raw, 0x28, 0, 60);
  journalCopy.copy(raw, 0x6c, 60, 64);
  journalCopy.copy(raw, 0x04, 64, 68);
  if (raw.readUInt16LE(0x28) === 0xf30a) raw.writeUInt32LE(0x80000, 0x20);
  yield { ...parseInode(volume, journalInode, raw), isChecksumRight: true };
}

const placesOf = (volume: ExtVolume, inode: Inode): ((index: number) => number | undefined) => {
  const until = Math.ceil(inode.sizeBytes / volume.superblock.blockBytes);
  const runs = [...runsOf(volume, inode, { from: 0, until })].filter(({ kind }) => kind === 'data');
  return (index) => {
    let [low, high] = [0, runs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const run = runs[middle];
      if (run && run.logical + run.count <= index) low = middle + 1;
      else high = middle;
    }
    const run = runs[low];
    return run && run.logical <= index ? run.physical + index - run.logical : undefined;
  };
};

const parseLog = (bytes: Buffer, blockBytes: number, blocks: number): Omit<Log, 'read' | 'placeOf'> | undefined => {
  const u32 = (at: number) => bytes.readUInt32BE(at);
  const kind = u32(4);
  if (u32(0) !== logMagic || u32(12) !== blockBytes) return undefined;
  if (kind !== blockKinds.superblock1 && kind !== blockKinds.superblock2) return undefined;
  const isNew = kind === blockKinds.superblock2;
  const [compatWord, incompatWord] = isNew ? [u32(0x24), u32(0x28)] : [0, 0];
  if (incompatWord & ~known) return undefined;
  const checksums = incompatWord & incompat.checksums3 ? 3 : incompatWord & incompat.checksums2 ? 2 : 0;
  if (checksums && crc32cAround(crcStart, bytes, superblockBytes, checksumAt, 4) !== u32(checksumAt)) return undefined;
  const all = Math.min(u32(16), blocks);
  const hasFastCommits = (incompatWord & incompat.fastCommits) !== 0;
  const fastBlocks = hasFastCommits ? u32(0x54) || usualFastBlocks : 0;
  const end = all - fastBlocks >= leastBlocks ? all - fastBlocks : all;
  const [first, sequence, start] = [u32(20), u32(24), u32(28)];
  if (first < 1 || first >= end || start >= end || (start > 0 && start < first)) return undefined;
  return {
    ...{ blockBytes, first, end, fastEnd: all, sequence, start },
    features: {
      hasCommitChecksums: (compatWord & 1) !== 0,
      is64Bit: (incompatWord & incompat.is64Bit) !== 0,
      isAsync: (incompatWord & incompat.async) !== 0,
      checksums,
      hasFastCommits,
    },
    seed: crc32c(crcStart, bytes, 0x30, 0x40),
  };
};
