import { isRescueError } from '../model/errors.ts';
import type { Entry, FileStatus, Tree, TreePath } from '../model/tree.ts';

/**
 * Looking for what only adds to the picture. What cannot be looked at (a FIFO in a file's place, a loop of links, a
 * gigantic file) counts as missing, and the rest is still told.
 */
const orMissing = async <T>(action: Promise<T>): Promise<T | undefined> => {
  try {
    return await action;
  } catch (error) {
    if (isRescueError(error)) return undefined;
    throw error;
  }
};

export const readIfPossible = (tree: Tree, path: TreePath, limitBytes?: number): Promise<Uint8Array | undefined> =>
  orMissing(tree.read(path, limitBytes));

export const readRangeIfPossible = (
  tree: Tree,
  path: TreePath,
  offsetBytes: number,
  byteCount: number,
): Promise<Uint8Array | undefined> => orMissing(tree.readRange(path, offsetBytes, byteCount));

export const listIfPossible = async (tree: Tree, path: TreePath): Promise<readonly Entry[]> =>
  (await orMissing(tree.list(path))) ?? [];

export const resolveIfPossible = (tree: Tree, path: TreePath): Promise<TreePath | undefined> =>
  orMissing(tree.resolve(path));

/** What is there, links followed. */
export const statusIfPossible = (tree: Tree, path: TreePath): Promise<FileStatus | undefined> =>
  orMissing(tree.status(path));

export const kindAt = async (tree: Tree, path: TreePath): Promise<FileStatus['kind'] | undefined> =>
  (await statusIfPossible(tree, path))?.kind;
