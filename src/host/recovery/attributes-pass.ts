import { spawn } from 'node:child_process';
import { chmodSync, closeSync, lchownSync, lstatSync, type Stats, utimesSync } from 'node:fs';
import { endWithUs } from '../running-tools.ts';
import { isSystemError } from '../system-error.ts';
import { toolEnvironment } from '../tool-environment.ts';
import { type Finishing, splitDeep } from './finishing.ts';
import { joinRaw, native, openFolderBelow, type RawPath, withFolderBelow } from './raw-path.ts';

export interface Passage {
  readonly sourceRoot: string;
  readonly targetRoot: string;
  readonly keepsOwners: boolean;
}

/**
 * Gives files their exact times, modes, access lists and extended attributes, and makes symbolic links, all through GNU
 * cp: Node sets times through a floating-point number, and knows no extended attributes.
 * @param executables those among them that can be run: only they can have file capabilities
 * @returns what cp complained of
 */
export const finishFiles = async (
  passage: Passage,
  files: readonly Finishing[],
  executables: readonly RawPath[],
): Promise<string> => {
  const { keepsOwners } = passage;
  // Without root's rights, parents that --preserve=mode locks could not be written to any more.
  const modes = process.geteuid?.() === 0 ? ',mode' : '';
  let output = '';
  for (const group of Map.groupBy(files, ({ base, isPrivileged }) => `${isPrivileged} ${base}`).values()) {
    const [{ base, isPrivileged } = { base: '', isPrivileged: false }] = group;
    const rights = keepsOwners ? ',ownership,mode' : isPrivileged ? '' : modes;
    const copy = ['cp', '-P', '--attributes-only', `--preserve=timestamps,xattr${rights}`, '--parents'];
    const names = group.map((each) => each.names).join('');
    output += await withFolders(passage, base, (source, target) =>
      pipeInto(['xargs', '-0', '-r', '-n', '1000', ...copy, '-t', target, '--'], source, names),
    );
  }
  if (!keepsOwners) for (const path of executables) dropCapabilities(passage, path);
  return output;
};

/** As when a file changes hands, the kernel takes file capabilities away, even where nobody new owns it (chown(2)). */
const dropCapabilities = ({ targetRoot }: Passage, path: RawPath): void => {
  const { base, rest } = splitDeep(path);
  try {
    withFolderBelow(targetRoot, base, (parent) => lchownSync(native(`${parent}/${rest}`), -1, -1));
  } catch (error) {
    if (!isSystemError(error)) throw error; // gone again, or on a file system without owners
  }
};

/**
 * The same for folders, once everything in them is done: cp cannot do a folder without what is in it, and tar can.
 * @returns what tar complained of
 */
export const finishFolders = async (passage: Passage, folders: readonly RawPath[]): Promise<string> => {
  for (const path of folders) withBoth(passage, path, setTimes);
  const create = ['tar', '--create', '--file=-', '--format=pax', '--no-recursion', '--xattrs', '--acls', '--null'];
  const owner = passage.keepsOwners ? '--same-owner' : '--no-same-owner';
  const script = `"$@" | exec tar --extract --file=- ${owner} --xattrs --acls --overwrite-dir -C "$0"`;
  let output = '';
  for (const [base, group] of Map.groupBy(folders, (path) => splitDeep(path).base)) {
    const names = group.map((path) => `${splitDeep(path).rest || '.'}\0`).join('');
    output += await withFolders(passage, base, (source, target) =>
      pipeInto(['sh', '-c', script, target, ...create, '--verbatim-files-from', '-T', '-'], source, names),
    );
  }
  const bits = passage.keepsOwners ? 0o7777 : 0o777;
  for (const path of folders) withBoth(passage, path, (entry, stats) => chmodSync(entry, stats.mode & bits));
  return output;
};

/** As well as Node can: enough for FAT, and for what lies too deep for tar. */
const setTimes = (entry: string | Buffer, { atimeMs, mtimeMs }: Stats): void =>
  utimesSync(entry, atimeMs / 1000, mtimeMs / 1000);

const withBoth = (
  { sourceRoot, targetRoot }: Passage,
  path: RawPath,
  action: (entry: string | Buffer, stats: Stats) => void,
): void => {
  const { base, rest } = splitDeep(path);
  const entryIn = (parent: string) => native(joinRaw(parent, rest || '.'));
  try {
    const stats = withFolderBelow(sourceRoot, base, (parent) => lstatSync(entryIn(parent)));
    withFolderBelow(targetRoot, base, (parent) => action(entryIn(parent), stats));
  } catch (error) {
    if (!isSystemError(error)) throw error; // named differently in the target, or FAT's opinion on modes
  }
};

/** Runs `action` with a folder of both sides held open, as paths that other processes can use. */
const withFolders = async <T>(
  { sourceRoot, targetRoot }: Passage,
  path: RawPath,
  action: (source: string, target: string) => Promise<T>,
): Promise<T> => {
  const source = openFolderBelow(sourceRoot, path);
  const target = openFolderBelow(targetRoot, path);
  try {
    return await action(`/proc/${process.pid}/fd/${source}`, `/proc/${process.pid}/fd/${target}`);
  } finally {
    closeSync(source);
    closeSync(target);
  }
};

/** Complaints beyond this are the same again. */
const complaintBytes = 16 * 1024;

/** Runs a command with names on its stdin. @returns its complaints */
const pipeInto = (command: readonly string[], folder: string, names: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const [program = '', ...args] = command;
    const options = {
      cwd: folder,
      env: toolEnvironment,
      stdio: ['pipe', 'ignore', 'pipe'] as ['pipe', 'ignore', 'pipe'],
    };
    const child = endWithUs(spawn(program, args, options));
    let complaints = '';
    child.on('error', reject);
    child.stderr.on('data', (bytes: Buffer) => {
      if (complaints.length < complaintBytes) complaints += bytes.toString('latin1');
    });
    child.stdin.on('error', () => {}); // ended early: its complaints say why
    child.stdin.end(names, 'latin1');
    child.on('close', () => resolve(complaints));
  });
