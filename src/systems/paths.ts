import type { TreePath } from '../model/tree.ts';

/** A path below a folder of the tree. */
export const join = (folder: TreePath, path: string): TreePath => `${folder === '/' ? '' : folder}/${path}`;

/** Where an absolute path leads when `folder` is its root. */
export const below = (folder: TreePath, path: TreePath): TreePath =>
  path === '/' ? folder : join(folder, path.slice(1));

export const parentOf = (path: TreePath): TreePath => path.slice(0, path.lastIndexOf('/')) || '/';

const longestPath = 4096;

/** Whether a path that stands in a file of the disk can be looked at: absolute, and possible at all (path_resolution(7)). */
export const isPath = (text: unknown): text is TreePath =>
  typeof text === 'string' && text.startsWith('/') && text.length < longestPath && !text.includes('\0');
