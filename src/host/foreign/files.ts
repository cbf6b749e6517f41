import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, link, lstat, open, opendir, rename, rmdir, unlink } from 'node:fs/promises';
import { decodeBytes, encodeBytes } from '../../formats/bytes.ts';
import { RescueError } from '../../model/errors.ts';
import { isSystemError, unless } from '../process/system-error.ts';
import { type ForeignFolder, openFolderIn } from './folder.ts';

/**
 * The one way in which Sparekey makes, replaces and continues files of its own in a foreign folder. New ones are new
 * (O_EXCL) and get their names when they are finished; old ones are only ever regular files with one name; links, FIFOs
 * and devices under our own names are removed, never followed and never waited for.
 */

const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_APPEND } = constants;
const creating = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW;
const continuing = O_RDWR | O_NOFOLLOW | O_NONBLOCK;

/** A name in an open folder, as node:fs takes it. @throws Error for what is no name */
export const entryIn = ({ path }: ForeignFolder, name: string): string | Buffer => {
  if (/^\.{0,2}$|[/\0]/.test(name)) throw new Error('not the name of a file');
  const entry = `${path}/${name}`;
  return name.isWellFormed() ? entry : Buffer.from(encodeBytes(entry));
};

/** A name that nobody can have prepared, beside the one that it is for. */
export const temporaryNameOf = (name: string): string => `${name}.${randomBytes(6).toString('hex')}.new`;

/** What stands under a name, links not followed; undefined for nothing. */
export const statusIn = (folder: ForeignFolder, name: string): Promise<Stats | undefined> =>
  lstat(entryIn(folder, name)).catch(unless('ENOENT'));

/** Makes a file that was not there. What is written to it goes to its end, if `appends`. */
export const createIn = (folder: ForeignFolder, name: string, mode: number, appends = false): Promise<FileHandle> =>
  open(entryIn(folder, name), creating | (appends ? O_APPEND : 0), mode);

/**
 * Opens a file that an earlier run of ours left, for reading and writing. Whatever else stands there is removed.
 * @returns undefined where there is no such file (any more)
 * @throws RescueError target-not-ours for a folder
 */
export const continueIn = async (
  folder: ForeignFolder,
  name: string,
  appends = false,
): Promise<FileHandle | undefined> => {
  const entry = entryIn(folder, name);
  const there = await statusIn(folder, name);
  if (there === undefined) return undefined;
  if (isPlainFile(there)) {
    const handle = await open(entry, continuing | (appends ? O_APPEND : 0)).catch(unless('ELOOP', 'ENXIO', 'ENOENT'));
    if (handle && isPlainFile(await handle.stat())) return handle;
    await handle?.close();
  }
  await clearName(folder, name);
  return undefined;
};

/** Another name of the same file may be anything, anywhere on that file system. */
const isPlainFile = (stats: Stats): boolean => stats.isFile() && stats.nlink <= 1;

/** Whether a file has that name, and no other. */
export const isPlainFileIn = async (folder: ForeignFolder, name: string): Promise<boolean> => {
  const stats = await statusIn(folder, name);
  return stats !== undefined && isPlainFile(stats);
};

/** Takes a name away from whatever has it, which goes on existing where it has others. @throws RescueError target-not-ours */
export const clearName = async (folder: ForeignFolder, name: string): Promise<void> => {
  await assertNoFolder(folder, name);
  await unlink(entryIn(folder, name)).catch(unless('ENOENT'));
};

/** A folder is never removed, nor replaced. @throws RescueError target-not-ours */
export const assertNoFolder = async (folder: ForeignFolder, name: string): Promise<void> => {
  if ((await statusIn(folder, name))?.isDirectory())
    throw new RescueError('target-not-ours', { path: `${folder.shownAs}/${name}`, reason: 'folder' });
};

/** Gives a finished file its name, instead of whatever had it. @throws RescueError target-not-ours */
export const renameIn = async (folder: ForeignFolder, from: string, to: string): Promise<void> => {
  await assertNoFolder(folder, to);
  await rename(entryIn(folder, from), entryIn(folder, to));
};

/** A hard link never replaces anything, unlike a rename; FAT has none, and there the name is taken first. @throws EEXIST */
const giveFreeName = async (folder: ForeignFolder, from: string, to: string): Promise<void> => {
  try {
    await link(entryIn(folder, from), entryIn(folder, to));
  } catch (error) {
    if (!isSystemError(error) || (error.code !== 'EPERM' && error.code !== 'ENOTSUP')) throw error;
    await using _handle = await createIn(folder, to, 0o600);
    await rename(entryIn(folder, from), entryIn(folder, to));
  }
};

export interface PuttingOptions {
  readonly mode: number;
  /** Whether what has the name already is replaced; otherwise that is an error (EEXIST). */
  readonly replaces: boolean;
}

/** Puts a file into the folder, whole or not at all. @throws RescueError target-not-ours; SystemError */
export const putFile = async (
  folder: ForeignFolder,
  name: string,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { mode, replaces }: PuttingOptions,
): Promise<void> => {
  await clearLeftovers(folder, name);
  if (replaces) await assertNoFolder(folder, name);
  const growing = temporaryNameOf(name);
  await using file = await createIn(folder, growing, mode);
  try {
    for await (const chunk of content) await file.writeFile(chunk);
    await file.sync();
    if (replaces) await renameIn(folder, growing, name);
    else await giveFreeName(folder, growing, name);
  } finally {
    await unlink(entryIn(folder, growing)).catch(unless('ENOENT'));
  }
};

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Removes what runs that were cut off left of a file, by the names that temporaryNameOf made. */
export const clearLeftovers = async (folder: ForeignFolder, name: string): Promise<void> => {
  const leftover = new RegExp(`^${escapeRegExp(name)}(\\.[0-9a-f]{12})?\\.new$`);
  for await (const each of namesIn(folder)) if (leftover.test(each)) await clearName(folder, each).catch(unlessFolder);
};

/** The names in a folder, as they come: there may be millions. */
async function* namesIn({ path }: ForeignFolder): AsyncGenerator<string> {
  // `encoding` is not in the types of opendir's entries, but in their names.
  for await (const { name } of await opendir(`${path}/.`, { encoding: 'latin1' as BufferEncoding }))
    yield decodeBytes(Buffer.from(name, 'latin1'));
}

const unlessFolder = (error: unknown): void => {
  if (!(error instanceof RescueError)) throw error;
};

/** Levels of folders that are removed; what lies deeper was not made by us. */
const levelsRemoved = 8;

/** Removes a folder of ours with what is in it, as far as that goes. */
export const removeFolderIn = async (folder: ForeignFolder, name: string, level = 0): Promise<void> => {
  if (level >= levelsRemoved) return;
  if (!(await statusIn(folder, name))?.isDirectory()) return await clearName(folder, name);
  {
    await using inner = await openFolderIn(folder, name);
    for await (const each of namesIn(inner)) await removeFolderIn(inner, each, level + 1);
  }
  await rmdir(entryIn(folder, name)).catch(unless('ENOTEMPTY', 'ENOENT'));
};
