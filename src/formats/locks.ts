import { decodeBytes } from './bytes.ts';

/** Parses /proc/locks (proc_locks(5)) into the inode numbers of the files that somebody holds a lock on. */
export const parseLockedInodes = (bytes: Uint8Array): ReadonlySet<number> => {
  // "1: OFDLCK ADVISORY  READ -1 fe:00:2154938 100 101"; a waiting lock has an arrow behind its number.
  const inodes = decodeBytes(bytes).matchAll(/\s[0-9a-f]+:[0-9a-f]+:(\d+)\s/g);
  return new Set(Array.from(inodes, ([, inode]) => Number(inode)));
};
