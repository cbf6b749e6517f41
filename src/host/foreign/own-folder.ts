import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { mkdir, opendir, rmdir } from 'node:fs/promises';
import { RescueError } from '../../model/errors.ts';
import { unless } from '../process/system-error.ts';
import { clearName, entryIn, removeFolderIn, statusIn } from './files.ts';
import { type ForeignFolder, openFolderIn } from './folder.ts';

const othersMayWrite = 0o022;

/**
 * Opens a folder of our own in a foreign one; makes it, also in the place of anything that is no folder.
 * @throws RescueError target-not-ours where somebody else could have put into it what is there
 */
export const openOwnFolder = async (folder: ForeignFolder, name: string): Promise<ForeignFolder> => {
  const there = await statusIn(folder, name);
  if (there !== undefined && !there.isDirectory()) await clearName(folder, name);
  await mkdir(entryIn(folder, name), 0o700).catch(unless('EEXIST'));
  const own = await openFolderIn(folder, name);
  const stats = await own.handle.stat();
  if (isOurs(stats) || isLike(stats, await statusOfNew(folder))) return own;
  await own[Symbol.asyncDispose]();
  throw new RescueError('target-not-ours', { path: own.shownAs, reason: 'owner' });
};

const isOurs = ({ uid, mode }: Stats): boolean =>
  (uid === 0 || uid === process.geteuid?.()) && (mode & othersMayWrite) === 0;

/** Where the file system keeps neither owners nor modes (FAT), everything has those that it was mounted with. */
const isLike = (stats: Stats, fresh: Stats): boolean =>
  stats.uid === fresh.uid && (stats.mode & othersMayWrite & ~fresh.mode) === 0;

/** What a folder is that was just made. */
const statusOfNew = async (folder: ForeignFolder): Promise<Stats> => {
  const name = `.sparekey-${randomBytes(6).toString('hex')}`;
  await mkdir(entryIn(folder, name), 0o700);
  try {
    await using own = await openFolderIn(folder, name);
    return await own.handle.stat();
  } finally {
    await rmdir(entryIn(folder, name));
  }
};

/** A new folder for files that are not finished. */
export interface StagingFolder extends ForeignFolder {
  /** Whether nobody but us and root can reach into it. Not so on FAT, and on some shares. */
  readonly isPrivate: boolean;
}

const stagingName = /^growing/;

/** Makes one, and removes those that runs left which were cut off. It is removed when it is disposed. */
export const openStaging = async (own: ForeignFolder): Promise<StagingFolder> => {
  for await (const { name } of await opendir(`${own.path}/.`))
    if (stagingName.test(name)) await removeFolderIn(own, name);
  const name = `growing-${randomBytes(6).toString('hex')}`;
  await mkdir(entryIn(own, name), 0o700);
  const staging = await openFolderIn(own, name);
  const { uid, mode } = await staging.handle.stat();
  return {
    ...staging,
    isPrivate: uid === process.geteuid?.() && (mode & 0o077) === 0,
    [Symbol.asyncDispose]: async () => {
      await staging[Symbol.asyncDispose]();
      await removeFolderIn(own, name).catch(unless('EIO', 'ENODEV', 'EROFS', 'ENOENT'));
    },
  };
};
