import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readlink } from 'node:fs/promises';
import { RescueError } from '../../model/errors.ts';
import { isSystemError, unless } from '../process/system-error.ts';
import { descriptorPath, type OpenFolderPath } from '../tree/raw-path.ts';

/**
 * A folder that somebody else may have prepared, and may go on changing while we write: on a stick, on a share, in /tmp.
 * It is opened once; whatever is in it is reached by way of the open folder, never again by its path.
 */
export interface ForeignFolder extends AsyncDisposable {
  readonly handle: FileHandle;
  /** The open folder, as a path for the system calls of this process. */
  readonly path: OpenFolderPath;
  /** As a person would name it. */
  readonly shownAs: string;
}

export interface OpeningOptions {
  /** Whether a missing folder is made; the folder around it must be there. */
  readonly isMade: boolean;
  /** Called with the folder around it before anything is made, and with the folder itself. */
  readonly check?: (folder: string) => Promise<void>;
}

/** A handle only: no permission is needed, no access time changes. The number holds on every Linux that Node runs on. */
const O_PATH = 0o10000000;
const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

export const pathOfHandle = ({ fd }: FileHandle): OpenFolderPath => descriptorPath(fd);

/**
 * Opens a folder that a person named. The folders on the way to it may be links, since that path is the person's own
 * (/media/stick, /home); the last one is not, because whoever owns the folder around it chose where it leads.
 * @throws RescueError target-is-link, what `check` throws; SystemError
 */
export const openForeignFolder = async (
  named: string,
  { isMade, check = async () => {} }: OpeningOptions,
): Promise<ForeignFolder> => {
  const { around, last } = split(named);
  const parent = await open(around, O_PATH | O_DIRECTORY);
  try {
    if (last !== '.') await check(pathOfHandle(parent));
    const entry = `${pathOfHandle(parent)}/${last}`;
    if (isMade) await mkdir(entry, 0o755).catch(unless('EEXIST'));
    const folder = await openFolderEntry(entry, named);
    try {
      await check(folder.path);
    } catch (error) {
      await folder[Symbol.asyncDispose]();
      throw error;
    }
    return folder;
  } finally {
    await parent.close();
  }
};

/** A file that a person named, and the folder around it, which is theirs to be reached through links. */
export interface NamedFile {
  readonly folder: ForeignFolder;
  readonly name: string;
}

/** @throws SystemError where that folder is not there */
export const openFolderAround = async (named: string): Promise<NamedFile> => {
  const at = named.lastIndexOf('/');
  const around = at < 0 ? '.' : named.slice(0, at + 1);
  const handle = await open(around, O_RDONLY | O_DIRECTORY);
  const shownAs = around.replace(/(?<=.)\/$/, '');
  const folder = { handle, path: pathOfHandle(handle), shownAs, [Symbol.asyncDispose]: () => handle.close() };
  return { folder, name: named.slice(at + 1) };
};

/** Opens a folder of our own in one that is open already. @throws RescueError target-is-link; SystemError */
export const openFolderIn = (folder: ForeignFolder, name: string): Promise<ForeignFolder> =>
  openFolderEntry(`${folder.path}/${name}`, `${folder.shownAs}/${name}`);

const openFolderEntry = async (entry: string, shownAs: string): Promise<ForeignFolder> => {
  try {
    const handle = await open(entry, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    return { handle, path: pathOfHandle(handle), shownAs, [Symbol.asyncDispose]: () => handle.close() };
  } catch (error) {
    const target = isSystemError(error) ? await readlink(entry).catch(() => undefined) : undefined;
    if (target !== undefined) throw new RescueError('target-is-link', { path: shownAs, target }, { cause: error });
    throw error;
  }
};

/** The kernel follows a link in front of a final slash, so that none is left; an open folder of ours is taken as it is. */
const split = (named: string): { readonly around: string; readonly last: string } => {
  const path = named.replace(/(?<=.)\/+(\.?\/+)*\.?$/, '');
  const at = path.lastIndexOf('/');
  const last = path.slice(at + 1);
  if (/^\/proc\/self\/fd\/\d+$/.test(path) || /^\.{0,2}$/.test(last)) return { around: `${path || '.'}/.`, last: '.' };
  return { around: at < 0 ? '.' : path.slice(0, at + 1), last };
};
