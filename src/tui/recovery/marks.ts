import type { TreePath } from '../../model/tree.ts';
import type { Mark } from './state.ts';

/** A path below a folder of the volume. */
export const pathIn = (folder: TreePath, name: string): TreePath => `${folder === '/' ? '' : folder}/${name}`;

export const parentOf = (path: TreePath): TreePath => path.slice(0, path.lastIndexOf('/')) || '/';

export const nameOf = (path: TreePath): string => path.slice(path.lastIndexOf('/') + 1);

const isBelow = (path: TreePath, folder: TreePath): boolean =>
  path !== folder && (folder === '/' || path.startsWith(`${folder}/`));

/** The mark that a path is marked by: its own, or that of a folder above it. */
export const markOver = (marks: readonly Mark[], path: TreePath): Mark | undefined =>
  marks.find((mark) => mark.path === path || isBelow(path, mark.path));

/** Marks, or takes the mark away; undefined where a folder above is marked. A marked folder takes in the marks below it. */
export const toggled = (marks: readonly Mark[], { path, kind }: Mark): readonly Mark[] | undefined => {
  const over = markOver(marks, path);
  if (over === undefined) return [...marks.filter((mark) => !isBelow(mark.path, path)), { path, kind }];
  return over.path === path ? marks.filter((mark) => mark !== over) : undefined;
};

/** `[x]` where it is marked, `[-]` where something in it is, so that nobody forgets what they marked. */
export const signOf = (marks: readonly Mark[], path: TreePath): string => {
  if (markOver(marks, path)) return '[x]';
  return marks.some((mark) => isBelow(mark.path, path)) ? '[-]' : '[ ]';
};
