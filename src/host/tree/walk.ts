import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, readlink } from 'node:fs/promises';
import { decodeBytes, encodeBytes } from '../../formats/bytes.ts';
import { RescueError } from '../../model/errors.ts';
import type { TreePath } from '../../model/tree.ts';
import { isSystemError, unless } from '../process/system-error.ts';

/**
 * A path followed inside a tree. The folder that holds it is held open, so that nothing that happens to the tree
 * meanwhile can turn `entry` into something outside.
 */
export interface Spot {
  /** The path with every link followed. */
  readonly path: TreePath;
  /** The folder, as a path that other processes can use as well. */
  readonly folder: string;
  readonly name: string;
  /** `folder/name`, to be handed to node:fs; the last step must not follow links either (O_NOFOLLOW, lstat). */
  readonly entry: Buffer;
  /** What is there; undefined for nothing. Never a symbolic link, unless `followLast` was false. */
  readonly stats?: Stats;
}

export interface WalkOptions {
  /** Whether a link at the very end is followed (the default), as opening follows it and removing does not. */
  readonly followLast?: boolean;
}

/** Opens a folder as a handle only: no permission is needed, no access time changes. The number holds on every Linux that Node runs on. */
const O_PATH = 0o10000000;

/** As the kernel's own limit (path_resolution(7)). */
const maxLinks = 40;

const slash = 0x2f;

/** Holds a name open, whatever it stands for, without opening what it stands for (open(2), O_PATH). */
export const openAsName = (entry: Buffer): Promise<FileHandle> => open(entry, O_PATH | constants.O_NOFOLLOW);

/** Holds a folder open, which then also goes by the name handlePath. @throws ENOTDIR where it is none (any more) */
export const openFolder = (entry: Buffer): Promise<FileHandle> =>
  open(entry, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);

/** What a handle holds, as a path that other processes can use as well. */
export const handlePath = (handle: FileHandle): string => `/proc/${process.pid}/fd/${handle.fd}`;

interface OpenFolder {
  readonly name: string;
  readonly handle: FileHandle;
}

/**
 * Follows a path component by component (openat(2) by way of /proc/PID/fd, which Node lacks), and hands what it leads
 * to to `action`. An absolute link starts again at the tree's root, and `..` ends there.
 * @returns undefined where a folder on the way is missing
 * @throws RescueError path-loop, read-failed; whatever `action` throws
 */
export const walk = async <T>(
  root: string,
  path: TreePath,
  action: (spot: Spot) => Promise<T>,
  options: WalkOptions = {},
): Promise<T | undefined> => {
  const { followLast = true } = options;
  const folders: OpenFolder[] = [];
  const closeTo = async (depth: number) => {
    while (folders.length > depth) await folders.pop()?.handle.close();
  };
  try {
    folders.push({ name: '', handle: await openRoot(root) });
    const spot = await orMissing(path, follow(path, followLast, folders, closeTo));
    return spot && (await action(spot));
  } finally {
    await closeTo(0);
  }
};

/** A root that is gone is no missing file: nothing could be told about the tree. */
const openRoot = (root: string): Promise<FileHandle> =>
  open(root, O_PATH | constants.O_DIRECTORY).catch((error) => {
    throw new RescueError('read-failed', { path: '/', reason: error.code }, { cause: error });
  });

const follow = async (
  path: TreePath,
  followLast: boolean,
  folders: OpenFolder[],
  closeTo: (depth: number) => Promise<void>,
): Promise<Spot | undefined> => {
  if (path.includes('\0')) return undefined;
  const todo = componentsOf(path);
  let links = 0;
  for (let name = todo.shift(); name !== undefined; name = todo.shift()) {
    if (name === '..') {
      await closeTo(Math.max(1, folders.length - 1));
      continue;
    }
    const spot = spotIn(folders, name);
    if (todo.length > 0) {
      const handle = await openFolder(spot.entry).catch(unless('ENOTDIR'));
      if (handle) {
        folders.push({ name, handle });
        continue;
      }
    } else {
      const stats = await lstat(spot.entry).catch(unless('ENOENT'));
      if (stats === undefined) return spot;
      if (!stats.isSymbolicLink() || !followLast) return { ...spot, stats };
    }
    // It is a link, or else a file where a folder was named.
    const target = await readlink(spot.entry, { encoding: 'buffer' }).catch(unless('EINVAL'));
    if (target === undefined) return undefined;
    if (++links > maxLinks) throw new RescueError('path-loop', { path });
    if (target[0] === slash) await closeTo(1);
    todo.unshift(...componentsOf(decodeBytes(target)));
  }
  // The root itself, or a folder reached by `..`: told as `.` of itself.
  const spot = spotIn(folders, '.');
  return { ...spot, path: pathOf(folders), stats: await lstat(spot.entry) };
};

const componentsOf = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.');

const pathOf = (folders: readonly OpenFolder[]): TreePath => folders.map(({ name }) => name).join('/') || '/';

const spotIn = (folders: readonly OpenFolder[], name: string): Spot => {
  const last = folders.at(-1);
  if (last === undefined) throw new Error('a walk starts at the root');
  const folder = handlePath(last.handle);
  const parent = pathOf(folders);
  return {
    path: parent === '/' ? `/${name}` : `${parent}/${name}`,
    folder,
    name,
    entry: Buffer.concat([Buffer.from(`${folder}/`), encodeBytes(name)]),
  };
};

/** Nothing there, in the words of open(2). */
const missingCodes = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG']);

/** Turns "nothing there" into undefined, and what the kernel cannot read into read-failed. */
export const orMissing = async <T>(path: TreePath, result: Promise<T>): Promise<T | undefined> => {
  try {
    return await result;
  } catch (error) {
    if (error instanceof RescueError || !isSystemError(error)) throw error;
    if (missingCodes.has(error.code)) return undefined;
    throw new RescueError('read-failed', { path, reason: error.code }, { cause: error });
  }
};
