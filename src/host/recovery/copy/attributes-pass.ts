import { spawn } from 'node:child_process';
import { closeSync, fchmodSync, fchownSync, fstatSync, type Stats } from 'node:fs';
import type { Descent } from '../../foreign/descent.ts';
import { folderAttributes } from '../../foreign/entries.ts';
import { endWithUs } from '../../process/running-tools.ts';
import { isSystemError } from '../../process/system-error.ts';
import { toolEnvironment } from '../../process/tool-environment.ts';
import { descriptorPath, type OpenFolderPath, type RawPath, textOf } from '../../tree/raw-path.ts';

/** The two sides of a copy. */
export interface Passage {
  readonly source: Descent;
  readonly target: Descent;
  readonly keepsOwners: boolean;
}

/** A copied file, still open on both sides: by its path anybody could have put something else in its place. */
export interface FinishedFile {
  readonly source: number;
  readonly target: number;
  readonly path: RawPath;
  /** Permission bits. */
  readonly mode: number;
}

const setIds = 0o6000;
/** Any of the three bits that let a file be run. */
const executable = 0o111;

/**
 * Gives files their exact times, modes, access lists and extended attributes through GNU cp: Node sets times through a
 * floating-point number, and knows no extended attributes. cp has the sources under the numbers that the targets have
 * with us, so that it copies from its own open files, among which it stands, to ours.
 * @returns what cp complained of
 */
export const finishFiles = async (keepsOwners: boolean, files: readonly FinishedFile[]): Promise<string> => {
  const isRoot = process.geteuid?.() === 0;
  let output = '';
  for (const [isPrivileged, group] of Map.groupBy(files, ({ mode }) => (mode & setIds) !== 0)) {
    // cp would give setuid and setgid bits along with the mode, and needs to write where the mode may forbid it.
    const isModeOurs = !keepsOwners && (isPrivileged || !isRoot);
    const rights = keepsOwners ? ',ownership,mode' : isModeOurs ? '' : ',mode';
    const args = ['-L', '--attributes-only', `--preserve=timestamps,xattr${rights}`, '-t', `/proc/${process.pid}/fd`];
    const names = group.map(({ target }) => String(target));
    const complaints = await pipeInto(['cp', ...args, '--', ...names], '', asDescriptors(group), '/proc/self/fd');
    output += named(complaints, group);
    if (isModeOurs) for (const { target, mode } of group) fchmodSync(target, mode & 0o777);
  }
  if (!keepsOwners) for (const { target, mode } of files) if ((mode & executable) !== 0) dropCapabilities(target);
  return output;
};

/** As when a file changes hands, the kernel takes file capabilities away, even where nobody new owns it (chown(2)). */
const dropCapabilities = (descriptor: number): void => {
  try {
    fchownSync(descriptor, -1, -1);
  } catch (error) {
    if (!isSystemError(error)) throw error; // on a file system without owners
  }
};

type Pair = Pick<FinishedFile, 'source' | 'target' | 'path'>;

/** The sources as the open files of a child, each under its target's number. */
const asDescriptors = (pairs: readonly Pair[]): readonly (number | 'ignore')[] => {
  const last = pairs.reduce((most, { target }) => Math.max(most, target), 2);
  const descriptors: (number | 'ignore')[] = Array.from({ length: last + 1 }, () => 'ignore');
  for (const { source, target } of pairs) descriptors[target] = source;
  return descriptors;
};

/** Complaints name files by their numbers. */
const named = (complaints: string, pairs: readonly Pair[]): string => {
  if (complaints === '') return '';
  const paths = new Map(pairs.map(({ target, path }) => [String(target), textOf(path)]));
  return complaints.replace(
    /(?:\/proc\/(?:self|\d+)\/fd\/|(?<='))(\d+)/g,
    (whole, number) => paths.get(number) ?? whole,
  );
};

/** Folders finished at a time: each takes two open files. */
const foldersAtOnce = 100;

/**
 * The same for folders, once everything in them is done: cp cannot do a folder without what is in it, and tar can.
 * @returns what tar complained of
 */
export const finishFolders = async (passage: Passage, folders: readonly RawPath[]): Promise<string> => {
  let output = '';
  for (let at = 0; at < folders.length; at += foldersAtOnce) {
    const pairs = folders.slice(at, at + foldersAtOnce).flatMap((path) => openBoth(passage, path));
    try {
      output += await finishOpened(pairs, passage.keepsOwners);
    } finally {
      for (const { source, target } of pairs) for (const descriptor of [source, target]) closeSync(descriptor);
    }
  }
  return output;
};

const finishOpened = async (pairs: readonly Pair[], keepsOwners: boolean): Promise<string> => {
  const everyPair = (action: (folder: OpenFolderPath, stats: Stats) => void) => {
    for (const { source, target } of pairs) quietly(() => action(descriptorPath(target), fstatSync(source)));
  };
  // As well as Node can: enough for FAT.
  everyPair((folder, { atimeMs, mtimeMs }) => folderAttributes.times(folder, atimeMs / 1000, mtimeMs / 1000));
  const create = ['tar', '--create', '--file=-', '--format=pax', '--no-recursion', '--xattrs', '--acls', '--null'];
  const owner = keepsOwners ? '--same-owner' : '--no-same-owner';
  const script = `"$@" | exec tar --extract --file=- ${owner} --xattrs --acls --overwrite-dir -C "$0"`;
  const from = ['-C', '/proc/self/fd', '--verbatim-files-from', '-T', '-'];
  const command = ['sh', '-c', script, `/proc/${process.pid}/fd`, ...create, ...from];
  const names = pairs.map(({ target }) => `${target}/.\0`).join('');
  const complaints = pairs.length === 0 ? '' : await pipeInto(command, names, asDescriptors(pairs));
  const bits = keepsOwners ? 0o7777 : 0o777;
  everyPair((folder, { mode }) => folderAttributes.mode(folder, mode & bits));
  return complaints;
};

/** None where a folder has another name in the target. */
const openBoth = ({ source, target }: Passage, path: RawPath): readonly Pair[] => {
  const opened: number[] = [];
  try {
    for (const side of [source, target]) opened.push(side.open(path));
    const [from = 0, to = 0] = opened;
    return [{ source: from, target: to, path }];
  } catch (error) {
    for (const descriptor of opened) closeSync(descriptor);
    if (!isSystemError(error)) throw error;
    return [];
  }
};

/** FAT has its own opinion on modes. */
const quietly = (action: () => void): void => {
  try {
    action();
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
};

/** Complaints beyond this are the same again. */
const complaintBytes = 16 * 1024;

/**
 * Runs a command with bytes (Latin-1) on its stdin.
 * @param descriptors the further files that it has open; the first three places are its own
 * @param cwd where it stands; /proc/self/fd are its own open files
 * @returns its complaints
 */
export const pipeInto = (
  command: readonly string[],
  input: string | Buffer,
  descriptors: readonly (number | 'ignore')[] = [],
  cwd?: string,
): Promise<string> =>
  new Promise((resolve, reject) => {
    const [program = '', ...args] = command;
    const stdio = ['pipe', 'ignore', 'pipe', ...descriptors.slice(3)] as const;
    const child = endWithUs(spawn(program, args, { env: toolEnvironment, stdio: [...stdio], cwd }));
    let complaints = '';
    child.on('error', reject);
    child.stderr?.on('data', (bytes: Buffer) => {
      if (complaints.length < complaintBytes) complaints += bytes.toString('latin1');
    });
    child.stdin?.on('error', () => {}); // ended early: its complaints say why
    child.stdin?.end(input, 'latin1');
    child.on('close', () => resolve(complaints));
  });
