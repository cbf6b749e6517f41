import {
  chmodSync,
  chownSync,
  constants,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
} from 'node:fs';
import { isSystemError } from '../process/system-error.ts';
import { native, type OpenFolderPath, type RawPath } from '../tree/raw-path.ts';

/**
 * What files.ts is, for copying threads, which work with plain system calls one after the other. Nothing here follows a
 * link, nor writes to what was there before: a new thing grows in the staging folder, and is moved to its place.
 */

/** Something in an open folder. */
export type EntryPath = `${OpenFolderPath}/${RawPath}`;

const creating = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Makes the file that grows in the staging folder, anew where an earlier one did not come to its end. @throws SystemError */
export const createGrowing = (entry: EntryPath): number => {
  try {
    return openSync(entry, creating, 0o600);
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'EEXIST') throw error;
    unlinkSync(entry);
    return openSync(entry, creating, 0o600);
  }
};

/** Makes a symbolic link with its times, as well as Node can. @throws SystemError */
export const createLink = (
  entry: EntryPath,
  { target, atimeNs, mtimeNs }: { readonly target: RawPath; readonly atimeNs: bigint; readonly mtimeNs: bigint },
): void => {
  symlinkSync(native(target), native(entry));
  lutimesSync(native(entry), secondsOf(atimeNs), secondsOf(mtimeNs));
};

/** A double holds the seconds of this century to some hundred nanoseconds. */
export const secondsOf = (nanoseconds: bigint): number => Number(nanoseconds) / 1e9;

/** Gives what has grown its name, instead of whatever had it, which is no folder. @throws SystemError */
export const giveName = (growing: EntryPath, entry: EntryPath): void => renameSync(native(growing), native(entry));

/** Makes a folder, unless something stands there already. @throws SystemError */
export const makeFolder = (entry: EntryPath, mode: number): 'made' | 'there' => {
  try {
    mkdirSync(native(entry), mode);
    return 'made';
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'EEXIST') throw error;
    return 'there';
  }
};

/** Gives a file another name; what had it goes, unless it is that file. @throws SystemError */
export const tieName = (old: EntryPath, name: EntryPath): 'tied' | 'there' => {
  const there = lstatSync(native(name), { throwIfNoEntry: false });
  if (there?.ino === lstatSync(native(old)).ino) return 'there';
  if (there) unlinkSync(native(name));
  linkSync(native(old), native(name));
  return 'tied';
};

/** The folder itself: by its number alone, the kernel would take its link in /proc for what is meant. */
const itself = (folder: OpenFolderPath): string => `${folder}/.`;

/** What an open folder is given. @throws SystemError */
export const folderAttributes = {
  owner: (folder: OpenFolderPath, uid: number, gid: number): void => chownSync(itself(folder), uid, gid),
  mode: (folder: OpenFolderPath, mode: number): void => chmodSync(itself(folder), mode),
  times: (folder: OpenFolderPath, accessed: number, modified: number): void =>
    utimesSync(itself(folder), accessed, modified),
};
