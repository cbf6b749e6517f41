import { createHash, hash } from 'node:crypto';
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  writeSync,
} from 'node:fs';
import { giveName } from '../../foreign/entries.ts';
import { isSystemError } from '../../process/system-error.ts';
import { native, type RawPath } from '../../tree/raw-path.ts';
import { TargetError, toTarget } from '../target/target-error.ts';
import { type Bench, type Copied, hasHoles, type Place } from './bench.ts';
import { copyLarge, largeBytes } from './copy-large.ts';
import type { FileItem, Outcome } from './messages.ts';
import { closeStaging, finishStaging, openStaging } from './staging-file.ts';

const readingFlags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/** A file that was opened for reading, or what became of it already. */
export type Opened =
  | { readonly item: FileItem; readonly descriptor: number; readonly stats: BigIntStats }
  | { readonly item: FileItem; readonly outcome: Outcome };

/** Opens whatever stands under one name, if it is a regular file; all else is only described. */
export const openItem = (place: Place, item: FileItem): Opened => {
  const { name, to = name } = item;
  const entry = `${place.source}/${name}`;
  try {
    if (item.isOdd) return { item, outcome: describeUnopened(place, entry, name, to) };
    const descriptor = openQuietly(native(entry));
    const stats = fstatSync(descriptor, { bigint: true });
    if (stats.isFile()) return { item, descriptor, stats };
    closeSync(descriptor);
    return { item, outcome: { kind: 'special', name, what: kindOf(stats) } };
  } catch (error) {
    if (error instanceof TargetError || !isSystemError(error)) throw error;
    // A link where none was listed, or a socket (open(2)).
    const isOdd = error.code === 'ELOOP' || error.code === 'ENXIO';
    if (isOdd && !item.isOdd) return openItem(place, { ...item, isOdd: true });
    return { item, outcome: { kind: 'unreadable', name, to, reason: error.code } };
  }
};

/** Copies what was opened, and closes it. @throws TargetError where the target gave up */
export const copyItem = (bench: Bench, place: Place, opened: Opened): Outcome => {
  if ('outcome' in opened) return opened.outcome;
  const { item, descriptor, stats } = opened;
  const { name, to = name } = item;
  let isHandedOver = false;
  try {
    bench.goOn(to);
    const outcome = copyOpened(bench, place, descriptor, stats, name, to);
    isHandedOver = 'handles' in outcome;
    return outcome;
  } catch (error) {
    // Longer than the target holds: that is about this file alone, which is mostly hole, else there would be no room.
    const isTooLong = error instanceof TargetError && error.code === 'EFBIG';
    if (!isTooLong && (error instanceof TargetError || !isSystemError(error))) throw error;
    return { kind: 'unreadable', name, to, reason: error.code };
  } finally {
    if (!isHandedOver) {
      closeSync(descriptor);
      if (bench.output !== undefined) closeSync(bench.output);
    }
    bench.output = undefined;
  }
};

/** Without changing the access time, which O_NOATIME is for; only the owner and root may ask for that (open(2)). */
const openQuietly = (path: string | Buffer): number => {
  try {
    return openSync(path, readingFlags | constants.O_NOATIME);
  } catch (error) {
    if (isSystemError(error) && error.code === 'EPERM') return openSync(path, readingFlags);
    throw error;
  }
};

const describeUnopened = (place: Place, entry: RawPath, name: RawPath, to: RawPath): Outcome => {
  const stats = lstatSync(native(entry), { bigint: true });
  if (!stats.isSymbolicLink()) return { kind: 'special', name, what: kindOf(stats) };
  const target = readlinkSync(native(entry), { encoding: 'latin1' });
  // The kernel ends it at its first zero byte, so a damaged one comes out empty or cut off. /proc's have no size.
  if (target === '' || (stats.size > 0n && Number(stats.size) !== target.length))
    return { kind: 'unreadable', name, to, reason: 'EUCLEAN' };
  const { atimeNs, mtimeNs } = stats;
  const link = { name, to, target, uid: Number(stats.uid), gid: Number(stats.gid), atimeNs, mtimeNs };
  const there = place.before === 'none' ? undefined : statusOf(`${place.target}/${to}`);
  if (there === undefined) return { kind: 'symlink', ...link, isThere: false };
  const isSame =
    there.isSymbolicLink() && readlinkSync(native(`${place.target}/${to}`), { encoding: 'latin1' }) === target;
  return isSame ? { kind: 'symlink', ...link, isThere: true } : { kind: 'exists', name, to };
};

const kindOf = (stats: Pick<BigIntStats, 'isFIFO' | 'isSocket' | 'isBlockDevice' | 'isDirectory'>): string => {
  if (stats.isFIFO()) return 'fifo';
  if (stats.isSocket()) return 'socket';
  if (stats.isDirectory()) return 'directory';
  return stats.isBlockDevice() ? 'block-device' : 'character-device';
};

const copyOpened = (
  bench: Bench,
  place: Place,
  descriptor: number,
  stats: BigIntStats,
  name: RawPath,
  to: RawPath,
): Outcome => {
  if (stats.nlink > 1n && !place.takesLinked)
    return { kind: 'linked', name, to, inode: `${stats.dev}:${stats.ino}`, links: Number(stats.nlink) };
  const facts = {
    name,
    to,
    sizeBytes: Number(stats.size),
    mode: Number(stats.mode & 0o7777n),
    hasHoles: hasHoles(stats),
  };
  const there = place.before === 'none' ? undefined : statusOf(`${place.target}/${to}`);
  if (there !== undefined) {
    if (!there.isFile() || place.before === 'foreign') return { kind: 'exists', name, to };
    const isAlike = there.size === stats.size && isSameTime(there.mtimeNs, stats.mtimeNs, bench.setup.timeStepNs);
    if (isAlike && place.before === 'trusted') return { kind: 'kept', ...facts, isListed: true };
    const digest = isAlike && !facts.hasHoles ? commonDigest(bench, descriptor, `${place.target}/${to}`) : undefined;
    if (digest !== undefined) return { kind: 'kept', ...facts, digest, isListed: false };
  }
  const isLarge = place.keepsDamaged || stats.size > largeBytes;
  const copied = isLarge
    ? copyLarge(bench, descriptor, stats, place.keepsDamaged)
    : copySmall(bench, descriptor, stats);
  if (copied.ranges.length > 0) {
    if (place.keepsDamaged) toTarget(() => giveName(bench.staging, incompleteNameOf(`${place.target}/${to}`)), to);
    return { kind: 'damaged', name, to, ranges: copied.ranges, sizeBytes: facts.sizeBytes };
  }
  toTarget(() => giveName(bench.staging, `${place.target}/${to}`), to);
  const digest = copied.digest === undefined ? {} : { digest: copied.digest };
  const handles = bench.output === undefined ? {} : { handles: { source: descriptor, target: bench.output } };
  return { kind: 'copied', ...facts, sizeBytes: copied.sizeBytes, ...digest, ...handles, isListed: false };
};

/** In one go through one buffer; a file that is larger than it says goes on through the same buffer's end. */
const copySmall = (bench: Bench, descriptor: number, stats: BigIntStats): Copied => {
  const { small } = bench;
  let sizeBytes = 0;
  try {
    for (;;) {
      const read = readSync(descriptor, small, sizeBytes, small.length - sizeBytes, sizeBytes);
      sizeBytes += read;
      // A short read of a regular file is its end.
      if (read === 0 || sizeBytes >= Number(stats.size)) break;
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { sizeBytes, ranges: [{ startBytes: sizeBytes, endBytes: Number(stats.size) }] };
  }
  const content = small.subarray(0, sizeBytes);
  const output = openStaging(bench);
  try {
    toTarget(() => {
      for (let at = 0; at < sizeBytes; ) at += writeSync(output, content, at, sizeBytes - at);
      finishStaging(bench, output, stats);
    }, bench.staging);
  } finally {
    closeStaging(bench, output);
  }
  bench.addBytes(sizeBytes);
  return { sizeBytes, digest: hash('sha256', content, 'hex'), ranges: [] };
};

/** The digest of two files that hold the same; undefined where they do not. */
const commonDigest = (bench: Bench, source: number, target: RawPath): string | undefined => {
  const copy = toTarget(() => openSync(native(target), readingFlags), target);
  try {
    const digest = digestOpened(bench, source, target);
    return digest === toTarget(() => digestOpened(bench, copy, target), target) ? digest : undefined;
  } finally {
    closeSync(copy);
  }
};

const digestOpened = ({ small, goOn }: Bench, descriptor: number, path: RawPath): string => {
  const digest = createHash('sha256');
  for (let at = 0; ; ) {
    goOn(path);
    const read = readSync(descriptor, small, 0, small.length, at);
    if (read === 0) return digest.digest('hex');
    digest.update(small.subarray(0, read));
    at += read;
  }
};

/** What could be read of a damaged file stands beside its place, not in it. */
export const incompleteNameOf = <Path extends RawPath>(path: Path): `${Path}.incomplete` => `${path}.incomplete`;

const statusOf = (path: RawPath): BigIntStats | undefined =>
  toTarget(() => lstatSync(native(path), { bigint: true, throwIfNoEntry: false }), path);

const isSameTime = (first: bigint, second: bigint, stepNs: number): boolean => {
  const difference = first > second ? first - second : second - first;
  return difference < BigInt(stepNs);
};
