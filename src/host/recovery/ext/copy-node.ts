import { createHash } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  ftruncateSync,
  futimesSync,
  lstatSync,
  readlinkSync,
  writeSync,
} from 'node:fs';
import type { ByteRange } from '../../../model/recovery.ts';
import type { Abilities } from '../../foreign/abilities.ts';
import { createLink, type EntryPath, folderAttributes, giveName, secondsOf } from '../../foreign/entries.ts';
import { isSystemError } from '../../process/system-error.ts';
import { native, type OpenFolderPath, type RawPath } from '../../tree/raw-path.ts';
import { incompleteNameOf } from '../copy/copy-file.ts';
import { hashedHoleBytes, hashZeros, merge } from '../copy/copy-large.ts';
import type { Before, Outcome } from '../copy/messages.ts';
import { openStaging } from '../copy/staging-file.ts';
import { toTarget } from '../target/target-error.ts';
import type { ExtReader } from './reader.ts';
import type { FoundInode } from './reader-messages.ts';

/** What the copy has at hand. */
export interface Bench {
  readonly reader: ExtReader;
  readonly abilities: Abilities;
  readonly keepsOwners: boolean;
  /** Where a file grows before it gets its name. */
  readonly staging: EntryPath;
  readonly addBytes: (bytes: number) => void;
  /** @throws TargetError where somebody asked to stop */
  readonly goOn: (path: RawPath) => void;
}

/** Something with a name in a folder. `inode` is missing where it cannot be read. */
export interface Node {
  readonly number: number;
  readonly name: RawPath;
  readonly to: RawPath;
  readonly inode: FoundInode | undefined;
}

export interface Standing {
  /** The folder of the target, held open, as a path. */
  readonly place: OpenFolderPath;
  readonly before: Before;
  /** Copies also what has other names. */
  readonly takesLinked: boolean;
}

/** ext4 holds no larger file, whatever a damaged inode claims (ext4(5): 16 TiB, with blocks of 4 KiB). */
const largestBytes = 16 * 2 ** 40;

/** Copies what is no folder. @throws TargetError where the target gave up */
export const copyNode = async (bench: Bench, standing: Standing, node: Node): Promise<Outcome> => {
  const { number, name, to, inode } = node;
  if (inode === undefined) return { kind: 'unreadable', name, to, reason: 'EIO' };
  if (inode.kind === 'symlink') return makeLink(bench, standing, node, inode);
  if (inode.kind !== 'file') return { kind: 'special', name, what: inode.what };
  const { sizeBytes, links } = inode;
  if (sizeBytes === 0 && inode.lost.length > 0) return { kind: 'unreadable', name, to, reason: 'EUCLEAN' };
  if (sizeBytes > largestBytes) return { kind: 'unreadable', name, to, reason: 'EFBIG' };
  if (links > 1 && !standing.takesLinked && bench.abilities.keepsHardLinks)
    return { kind: 'linked', name, to, inode: String(number), links };
  const there = standing.before === 'none' ? undefined : statusOf(standing, to);
  if (there !== undefined) {
    if (!there.isFile() || standing.before === 'foreign') return { kind: 'exists', name, to };
    const isAlike = Number(there.size) === sizeBytes && isSameTime(there.mtimeNs, inode, bench.abilities.timeStepNs);
    if (isAlike && standing.before === 'trusted')
      return { kind: 'kept', name, to, sizeBytes, mode: inode.mode, hasHoles: false, isListed: true };
  }
  return await copyContent(bench, standing, node, inode);
};

const copyContent = async (
  bench: Bench,
  { place }: Standing,
  { name, to }: Node,
  inode: FoundInode,
): Promise<Outcome> => {
  const { sizeBytes, mode } = inode;
  const bad: ByteRange[] = [...inode.lost];
  let [dataBytes, hashedTo] = [0, 0];
  let hash = createHash('sha256');
  const output = openStaging(bench);
  try {
    for await (const { startBytes, content, bad: ranges } of bench.reader.pieces(inode)) {
      bench.goOn(to);
      bad.push(...ranges);
      toTarget(() => {
        for (let at = 0; at < content.length; )
          at += writeSync(output, content, at, content.length - at, startBytes + at);
      }, to);
      if (startBytes - hashedTo <= hashedHoleBytes) hash = hashZeros(hash, startBytes - hashedTo);
      hash.update(content);
      dataBytes += content.length;
      hashedTo = startBytes + content.length;
      bench.addBytes(content.length);
    }
    if (sizeBytes - hashedTo <= hashedHoleBytes) hash = hashZeros(hash, sizeBytes - hashedTo);
    const isHeld = toTarget(() => finishFile(bench, output, inode), to);
    if (!isHeld) return { kind: 'unreadable', name, to, reason: 'EFBIG' };
  } finally {
    closeSync(output);
  }
  const isDamaged = bad.length > 0;
  const whole: EntryPath = `${place}/${to}`;
  toTarget(() => giveName(bench.staging, isDamaged ? incompleteNameOf(whole) : whole), to);
  const ranges = merge(bad.toSorted((one, other) => one.startBytes - other.startBytes));
  if (isDamaged) return { kind: 'damaged', name, to, ranges, sizeBytes };
  const isHashed = sizeBytes - dataBytes <= hashedHoleBytes;
  return {
    ...{ kind: 'copied', name, to, sizeBytes, mode, hasHoles: dataBytes < sizeBytes, isListed: false },
    ...(isHashed && { digest: hash.digest('hex') }),
  };
};

/** @returns false where the target holds no file of that size */
const finishFile = (bench: Bench, output: number, inode: FoundInode): boolean => {
  try {
    ftruncateSync(output, inode.sizeBytes);
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'EFBIG') throw error;
    return false;
  }
  if (bench.keepsOwners) quietly(() => fchownSync(output, inode.uid, inode.gid));
  quietly(() => fchmodSync(output, inode.mode & (bench.keepsOwners ? 0o7777 : 0o777)));
  futimesSync(output, secondsOf(inode.accessedAtNs), secondsOf(inode.modifiedAtNs));
  return true;
};

/** Gives a folder its mode and times, when all that is in it is there. */
export const finishFolder = (bench: Bench, folder: OpenFolderPath, to: RawPath, inode: FoundInode): void =>
  toTarget(() => {
    if (bench.keepsOwners) quietly(() => folderAttributes.owner(folder, inode.uid, inode.gid));
    // Without root's rights, a folder that its mode locks could not be written to any more.
    const isRoot = process.geteuid?.() === 0;
    quietly(() => folderAttributes.mode(folder, isRoot ? inode.mode & (bench.keepsOwners ? 0o7777 : 0o777) : 0o755));
    folderAttributes.times(folder, secondsOf(inode.accessedAtNs), secondsOf(inode.modifiedAtNs));
  }, to);

const makeLink = (bench: Bench, standing: Standing, { name, to }: Node, inode: FoundInode): Outcome => {
  const { linkTarget: target } = inode;
  if (inode.lost.length > 0) return { kind: 'unreadable', name, to, reason: 'EUCLEAN' };
  if (target === '' || target.includes('\0')) return { kind: 'unreadable', name, to, reason: 'EIO' };
  const path: EntryPath = `${standing.place}/${to}`;
  const { uid, gid, accessedAtNs: atimeNs, modifiedAtNs: mtimeNs } = inode;
  const link = { kind: 'symlink', name, to, target, uid, gid, atimeNs, mtimeNs, isThere: true } as const;
  const there = standing.before === 'none' ? undefined : statusOf(standing, to);
  if (there !== undefined) {
    const isSame = there.isSymbolicLink() && readlinkSync(native(path), { encoding: 'latin1' }) === target;
    return isSame ? link : { kind: 'exists', name, to };
  }
  if (bench.abilities.keepsSymlinks)
    toTarget(() => {
      const staged: EntryPath = `${bench.staging}-link`;
      createLink(staged, link);
      giveName(staged, path);
    }, to);
  return link;
};

const statusOf = ({ place }: Standing, to: RawPath) =>
  toTarget(() => lstatSync(native(`${place}/${to}`), { bigint: true, throwIfNoEntry: false }), to);

/** FAT knows neither owners nor modes, and says so. */
const quietly = (action: () => void): void => {
  try {
    action();
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'EPERM') throw error;
  }
};

const isSameTime = (there: bigint, { modifiedAtNs }: FoundInode, stepNs: number): boolean => {
  const difference = there > modifiedAtNs ? there - modifiedAtNs : modifiedAtNs - there;
  return difference < BigInt(Math.max(1000, stepNs));
};
