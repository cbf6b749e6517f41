import { isRescueError, type KnownError } from '../model/errors.ts';
import type { Tree } from '../model/tree.ts';

/** A tree, and what in it could not be read so far. */
export interface WatchedTree {
  readonly tree: Tree;
  readonly firstFailure: () => KnownError | undefined;
}

/**
 * Remembers the first thing that the disk did not give. Whoever looks for systems takes that for missing, so that the
 * rest is still told; that it was not is what a person has to know.
 */
export const watchTree = (tree: Tree): WatchedTree => {
  let first: KnownError | undefined;
  const watched = async <T>(action: Promise<T>): Promise<T> => {
    try {
      return await action;
    } catch (error) {
      if (isRescueError(error) && error.code === 'read-failed') first ??= error;
      throw error;
    }
  };
  return {
    tree: {
      read: (path, limitBytes) => watched(tree.read(path, limitBytes)),
      readStart: (path, byteCount) => watched(tree.readStart(path, byteCount)),
      readRange: (path, offsetBytes, byteCount) => watched(tree.readRange(path, offsetBytes, byteCount)),
      list: (path, limit) => watched(tree.list(path, limit)),
      status: (path) => watched(tree.status(path)),
      resolve: (path) => watched(tree.resolve(path)),
      linkTarget: (path) => watched(tree.linkTarget(path)),
      isImmutable: (path) => watched(tree.isImmutable(path)),
      label: (path) => watched(tree.label(path)),
    },
    firstFailure: () => first,
  };
};
