import { crc32Forward, crcStart } from '../checksum.ts';
import type { ExtVolume, Replayed } from '../volume.ts';
import {
  commitTimeOf,
  isCommitRight,
  isTagRight,
  isTailRight,
  isTransactionRight,
  revokedBy,
  tagsOf,
} from './blocks.ts';
import { blockKinds, type Log, logMagic, openLog } from './log.ts';

/**
 * What became of the journal. `replayed`: writes that were under way count as done. `damaged`: it cannot be replayed, or
 * not whole. `external`: it is on a device of its own. `ignored`: nobody asked for it.
 */
export type JournalState = 'none' | 'clean' | 'replayed' | 'damaged' | 'external' | 'ignored';

export interface Replay {
  readonly state: JournalState;
  readonly replayed: ReadonlyMap<number, Replayed>;
}

const nothing: ReadonlyMap<number, Replayed> = new Map();

/**
 * Replays the journal into memory, as jbd2 would onto the volume (Linux, fs/jbd2/recovery.c): what is remembered of a
 * block is where in the log its newest state stands.
 */
export const replayJournal = (volume: ExtVolume): Replay => {
  const { features, hasExternalJournal } = volume.superblock;
  const { findings } = volume;
  if (!features.hasJournal) return { state: 'none', replayed: nothing };
  if (hasExternalJournal) {
    if (features.needsRecovery) findings.add({ kind: 'journal-external' });
    return { state: 'external', replayed: nothing };
  }
  const log = openLog(volume);
  if (!features.needsRecovery) {
    // The kernel does not replay it either: the volume was marked as clean.
    if (log && log.start > 0) findings.add({ kind: 'journal-forgotten' });
    return { state: 'clean', replayed: nothing };
  }
  const end = log && scan(log);
  if (log === undefined || end === undefined) {
    findings.add({ kind: 'journal-bad' });
    return { state: 'damaged', replayed: nothing };
  }
  const { replayed, isWhole } = replay(log, end);
  if (!isWhole) findings.add({ kind: 'journal-checksum' });
  const hasMore = hasFastCommits(log, end);
  if (hasMore) findings.add({ kind: 'fast-commit' });
  return { state: isWhole && !hasMore ? 'replayed' : 'damaged', replayed };
};

const fastHead = 0x0009;

/**
 * Whether fast commits follow the last transaction (Linux, fs/ext4/fast_commit.h). They say in words of their own what
 * changed, and are not replayed.
 */
const hasFastCommits = (log: Log, end: number): boolean => {
  if (!log.features.hasFastCommits) return false;
  const bytes = log.read(log.end + 1);
  return bytes !== undefined && bytes.readUInt16LE(0) === fastHead && bytes.readUInt32LE(8) === end;
};

/** A block of the log that is the log's own, and where it was found. */
interface LogBlock {
  readonly kind: number;
  readonly sequence: number;
  readonly bytes: Buffer;
  /** The index in the log of what follows it. */
  readonly next: number;
}

const after = ({ first, end }: Log, index: number, count = 1): number => {
  const next = index + count;
  return next < end ? next : first + ((next - first) % (end - first));
};

/**
 * The log's own blocks from its start on, as long as they are of the transaction that is due. It goes round once at most.
 */
function* walkLog(log: Log, until?: number): Generator<LogBlock, number> {
  let [index, sequence] = [log.start, log.sequence];
  for (let walked = 0; walked < log.end - log.first; ) {
    if (until !== undefined && ((sequence - until) | 0) >= 0) return sequence;
    const bytes = log.read(index);
    if (bytes === undefined || bytes.readUInt32BE(0) !== logMagic || bytes.readUInt32BE(8) !== sequence)
      return sequence;
    const kind = bytes.readUInt32BE(4);
    const isKnown = kind === blockKinds.descriptor || kind === blockKinds.commit || kind === blockKinds.revoke;
    if (!isKnown) return sequence;
    const next = after(log, index);
    yield { kind, sequence, bytes, next };
    const data = kind === blockKinds.descriptor ? tagsOf(log, bytes).length : 0;
    index = after(log, next, data);
    walked += 1 + data;
    if (kind === blockKinds.commit) sequence = (sequence + 1) >>> 0;
  }
  return sequence;
}

/** The number of the first transaction that is not whole; undefined where the log contradicts itself before that. */
const scan = (log: Log): number | undefined => {
  if (log.start === 0) return log.sequence;
  const { features } = log;
  let [lastTime, crc] = [0, crcStart];
  let isSuspect = false;
  let failed: number | undefined;
  const blocks = walkLog(log);
  for (;;) {
    const step = blocks.next();
    if (step.done) return failed ?? step.value;
    const { kind, sequence, bytes, next } = step.value;
    if (kind !== blockKinds.commit) {
      if (!isTailRight(log, bytes)) isSuspect = true;
      if (kind === blockKinds.descriptor && features.hasCommitChecksums && !isSuspect && failed === undefined)
        crc = sumOf(log, bytes, next, crc);
      continue;
    }
    const time = commitTimeOf(bytes);
    // Older than the one before: left from an earlier round, and no damage.
    if (isSuspect) return time >= lastTime ? undefined : (failed ?? sequence);
    if (features.hasCommitChecksums && failed !== undefined) return failed;
    const isRight = (!features.hasCommitChecksums || isTransactionRight(bytes, crc)) && isCommitRight(log, bytes);
    if (!isRight) {
      if (time < lastTime) return failed ?? sequence;
      failed = sequence;
      if (!features.isAsync) return failed;
    }
    crc = crcStart;
    lastTime = time;
  }
};

const sumOf = (log: Log, descriptor: Buffer, first: number, before: number): number => {
  let crc = crc32Forward(before, descriptor);
  let index = first;
  for (let left = tagsOf(log, descriptor).length; left > 0; left--) {
    crc = crc32Forward(crc, log.read(index) ?? Buffer.alloc(0));
    index = after(log, index);
  }
  return crc;
};

/** @param end the first transaction that does not count */
const replay = (log: Log, end: number): { replayed: ReadonlyMap<number, Replayed>; isWhole: boolean } => {
  const replayed = new Map<number, Replayed>();
  if (log.start === 0) return { replayed, isWhole: true };
  const revoked = new Map<number, number>();
  let isWhole = true;
  for (const { kind, sequence, bytes } of walkLog(log, end)) {
    if (kind !== blockKinds.revoke) continue;
    const blocks = revokedBy(log, bytes);
    if (blocks === undefined) return { replayed, isWhole: false };
    for (const block of blocks) revoked.set(block, sequence);
  }
  for (const { kind, sequence, bytes, next } of walkLog(log, end)) {
    if (kind !== blockKinds.descriptor) continue;
    if (!isTailRight(log, bytes)) return { replayed, isWhole: false };
    let index = next;
    for (const tag of tagsOf(log, bytes)) {
      const at = log.placeOf(index);
      const data = log.read(index);
      index = after(log, index);
      const takenBack = revoked.get(tag.block);
      if (takenBack !== undefined && ((takenBack - sequence) | 0) >= 0) continue;
      if (at === undefined || data === undefined || !isTagRight(log, tag, sequence, data)) isWhole = false;
      else replayed.set(tag.block, { at, isEscaped: tag.isEscaped });
    }
  }
  return { replayed, isWhole };
};
