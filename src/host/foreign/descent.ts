import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { descriptorPath, native, type OpenFolderPath, parentOfRaw, type RawPath } from '../tree/raw-path.ts';

/** As O_PATH of open(2): a handle only, no permission is needed and no access time changes. */
const O_PATH = 0o10000000;
const folderFlags = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Folders that stay open, since the next one asked for is as a rule beside or below one of the last. */
const foldersKept = 24;
/** How far up the nearest of them is looked for. */
const levelsAsked = 12;

/**
 * The way down into a tree, from one open folder to the next: a symbolic link in the place of any folder is refused
 * (ENOTDIR), whoever put it there and when. Depth is no matter.
 */
export interface Descent extends Disposable {
  /** Runs `action` with a folder held open. @throws SystemError */
  within<T>(path: RawPath, action: (folder: OpenFolderPath, descriptor: number) => T): T;
  /** Opens a folder; the caller closes it. @throws SystemError */
  open(path: RawPath): number;
}

interface Kept {
  readonly descriptor: number;
  users: number;
}

/** @param root an open folder, as a path */
export const createDescent = (root: string): Descent => {
  /** The one that was asked for last is the last. */
  const kept = new Map<RawPath, Kept>();

  const keep = (path: RawPath, folder: Kept): Kept => {
    kept.delete(path);
    kept.set(path, folder);
    if (kept.size > foldersKept)
      for (const [each, { descriptor, users }] of kept) {
        if (users > 0 || each === path) continue;
        closeSync(descriptor);
        kept.delete(each);
        break;
      }
    return folder;
  };

  const openIn = ({ descriptor }: Kept, name: RawPath): number =>
    openSync(native(`${descriptorPath(descriptor)}/${name}`), folderFlags);

  /** The nearest folder above that is open, or the root. */
  const nearestAbove = (path: RawPath): RawPath => {
    let above = path;
    for (let level = 0; level < levelsAsked && above !== ''; level++) {
      above = parentOfRaw(above);
      if (kept.has(above)) return above;
    }
    return '';
  };

  const find = (path: RawPath): Kept => {
    const known = kept.get(path);
    if (known) return keep(path, known);
    if (path === '') return keep('', { descriptor: openSync(`${root}/.`, folderFlags), users: 0 });
    let at = nearestAbove(path);
    let folder = find(at);
    const names = path.slice(at === '' ? 0 : at.length + 1).split('/');
    for (const name of names) {
      at = at === '' ? name : `${at}/${name}`;
      folder = keep(at, kept.get(at) ?? { descriptor: openIn(folder, name), users: 0 });
    }
    return folder;
  };

  return {
    within: (path, action) => {
      const folder = find(path);
      folder.users += 1;
      try {
        return action(descriptorPath(folder.descriptor), folder.descriptor);
      } finally {
        folder.users -= 1;
      }
    },
    open: (path) => openIn(find(path), '.'),
    [Symbol.dispose]: () => {
      for (const { descriptor } of kept.values()) closeSync(descriptor);
      kept.clear();
    },
  };
};

/** Descent.within for what takes its time. */
export const withOpenFolder = async <T>(
  descent: Descent,
  path: RawPath,
  action: (folder: OpenFolderPath) => Promise<T>,
): Promise<T> => {
  const descriptor = descent.open(path);
  try {
    return await action(descriptorPath(descriptor));
  } finally {
    closeSync(descriptor);
  }
};

/** Tells one folder from all others, however often they are mounted. */
export const identityOf = (descriptor: number): string => {
  const { dev, ino } = fstatSync(descriptor, { bigint: true });
  return `${dev}:${ino}`;
};
