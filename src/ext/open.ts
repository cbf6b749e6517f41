import { createFindings, type Findings } from './findings.ts';
import { type JournalState, replayJournal } from './journal/replay.ts';
import {
  findSpares,
  firstSuperblockAt,
  parseSuperblock,
  type Superblock,
  superblockBytes,
} from './layout/superblock.ts';
import { type Port, readPort } from './port.ts';
import { createVolume, type ExtVolume, readBlocks } from './volume.ts';

export interface Opened {
  readonly volume: ExtVolume;
  readonly journal: JournalState;
  /** The first superblock was bad, and a spare was taken. */
  readonly isFromSpare: boolean;
}

export interface OpenOptions {
  /** Without it what is seen is what the volume holds outside of its journal. */
  readonly replays?: boolean;
}

/** Opens an ext2/3/4 volume for reading; undefined where there is none. */
export const openExt = (port: Port, { replays = true }: OpenOptions = {}): Opened | undefined => {
  const findings = createFindings();
  const found = findSuperblock(port, findings);
  if (found === undefined) return undefined;
  const { superblock, isFromSpare } = found;
  const before = createVolume(port, superblock, new Map(), findings);
  const { state, replayed } = replays ? replayJournal(before) : { state: 'ignored' as const, replayed: new Map() };
  if (replayed.size === 0) return { volume: before, journal: state, isFromSpare };
  // What the journal has of the superblock and of descriptors counts as well.
  const newer = newerSuperblock(createVolume(port, superblock, replayed), superblock);
  return { volume: createVolume(port, newer, replayed, findings), journal: state, isFromSpare };
};

const newerSuperblock = (volume: ExtVolume, older: Superblock): Superblock => {
  const { blockBytes } = older;
  const block = Math.floor(firstSuperblockAt / blockBytes);
  if (!volume.replayed.has(block)) return older;
  const bytes = readBlocks(volume, block, 1).subarray(firstSuperblockAt % blockBytes);
  const newer = parseSuperblock(bytes.subarray(0, superblockBytes));
  return newer?.isChecksumRight && newer.blockBytes === blockBytes ? newer : older;
};

const findSuperblock = (port: Port, findings: Findings) => {
  const first = parseSuperblock(readPort(port, firstSuperblockAt, superblockBytes));
  if (first?.features.isJournal) return undefined;
  if (first?.isChecksumRight) return { superblock: first, isFromSpare: false };
  const range = { startBytes: firstSuperblockAt, endBytes: firstSuperblockAt + superblockBytes };
  for (const { superblock } of findSpares(port)) {
    if (superblock.features.isJournal) continue;
    findings.add({ kind: first ? 'superblock-checksum' : 'superblock-bad', range });
    return { superblock, isFromSpare: true };
  }
  if (first === undefined) return undefined;
  findings.add({ kind: 'superblock-checksum', range });
  // What is wrong may be what every other checksum begins with: none can be told from a good one.
  const features = { ...first.features, metadataChecksums: false, groupChecksums: false };
  return { superblock: { ...first, features }, isFromSpare: false };
};
