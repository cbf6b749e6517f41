import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { decodeBytes, encodeBytes } from '../../formats/bytes.ts';
import type { TreePath } from '../../model/tree.ts';

/**
 * A name or relative path in which each character stands for one byte (Latin-1). It is what the copying threads work
 * with: a million names are cheaper as short strings than as Buffers, and no byte is lost. The root is the empty string.
 */
export type RawPath = string;

const beyondAscii = /[\x80-\xff]/;

/** What node:fs takes: it would encode a string as UTF-8. */
export const native = (path: RawPath): string | Buffer => (beyondAscii.test(path) ? Buffer.from(path, 'latin1') : path);

/** A path of a tree, without its leading slash, as bytes. */
export const rawOf = (path: TreePath): RawPath => Buffer.from(encodeBytes(path)).toString('latin1').replace(/^\/+/, '');

/** A relative path as text for people and documents; bytes that are not UTF-8 become lone surrogates. */
export const textOf = (path: RawPath): string =>
  beyondAscii.test(path) ? decodeBytes(Buffer.from(path, 'latin1')) : path;

export const joinRaw = (folder: RawPath, name: RawPath): RawPath => (folder === '' ? name : `${folder}/${name}`);

export const parentOfRaw = (path: RawPath): RawPath => path.slice(0, Math.max(0, path.lastIndexOf('/')));

export const nameOfRaw = (path: RawPath): RawPath => path.slice(path.lastIndexOf('/') + 1);

/** An open folder, as a path that all threads of this process can use; the kernel follows it straight to the folder. */
export const descriptorPath = (descriptor: number): string => `/proc/self/fd/${descriptor}`;

/** Well below PATH_MAX (4096, with the terminating zero), so that a name of 255 bytes always fits behind it. */
const longestPiece = 3500;

/** Cuts a path where a folder ends, into pieces that one system call takes. */
export const piecesOf = (path: RawPath): readonly RawPath[] => {
  const pieces: RawPath[] = [];
  let rest = path;
  while (rest.length > longestPiece) {
    const cut = rest.lastIndexOf('/', longestPiece);
    pieces.push(rest.slice(0, cut));
    rest = rest.slice(cut + 1);
  }
  return [...pieces, rest];
};

/** As O_PATH of open(2): a handle only, no permission is needed and no access time changes. */
const O_PATH = 0o10000000;
const folderFlags = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * Opens a folder below a root, however deep; a symbolic link in its place is refused (ENOTDIR). The caller closes it.
 * The folders on the way must have been found to be folders before.
 */
export const openFolderBelow = (root: string, path: RawPath): number => {
  let at = root;
  let opened: number | undefined;
  for (const piece of piecesOf(path)) {
    try {
      const next = openSync(native(piece === '' ? `${at}/.` : `${at}/${piece}`), folderFlags);
      if (opened !== undefined) closeSync(opened);
      opened = next;
    } catch (error) {
      if (opened !== undefined) closeSync(opened);
      throw error;
    }
    at = descriptorPath(opened);
  }
  if (opened === undefined) throw new Error('a path has at least one piece');
  return opened;
};

/** Tells one folder from all others, however often they are mounted. */
export const identityOf = (descriptor: number): string => {
  const { dev, ino } = fstatSync(descriptor, { bigint: true });
  return `${dev}:${ino}`;
};

/** The same for what takes its time. */
export const withOpenFolder = async <T>(
  root: string,
  path: RawPath,
  action: (folder: string) => Promise<T>,
): Promise<T> => {
  const descriptor = openFolderBelow(root, path);
  try {
    return await action(descriptorPath(descriptor));
  } finally {
    closeSync(descriptor);
  }
};

/** Runs `action` with a folder held open. */
export const withFolderBelow = <T>(root: string, path: RawPath, action: (folder: string) => T): T => {
  const descriptor = openFolderBelow(root, path);
  try {
    return action(descriptorPath(descriptor));
  } finally {
    closeSync(descriptor);
  }
};
