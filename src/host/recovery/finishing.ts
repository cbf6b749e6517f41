import { piecesOf, type RawPath } from './raw-path.ts';

/** Copied files, and links to be made, that wait for their exact times, modes and attributes. */
export interface Finishing {
  /** The folder that the names start from; the root, but for what lies deeper than a system call reaches. */
  readonly base: RawPath;
  /** With a setuid or setgid bit. */
  readonly isPrivileged: boolean;
  /** Paths, each ended by a zero byte, as xargs takes them. One long string is cheaper than a thousand short ones. */
  names: string;
}

/** Deep paths are longer than a system call takes: the folder that all but the last piece lead to, and the rest. */
export const splitDeep = (path: RawPath): { readonly base: RawPath; readonly rest: RawPath } => {
  const rest = piecesOf(path).at(-1) ?? path;
  return { base: path.slice(0, Math.max(0, path.length - rest.length - 1)), rest };
};

const setIds = 0o6000;
/** Any of the three bits that let a file be run. */
export const executable = 0o111;

/** @param mode permission bits */
export const addFinishing = (list: Finishing[], path: RawPath, mode: number): void => {
  const { base, rest } = splitDeep(path);
  const isPrivileged = (mode & setIds) !== 0;
  const entry = list.find((each) => each.base === base && each.isPrivileged === isPrivileged);
  if (entry) entry.names += `${rest}\0`;
  else list.push({ base, isPrivileged, names: `${rest}\0` });
};
