import { decodeBytes } from './bytes.ts';

/** A lock on a file, as /proc/locks shows it (proc_locks(5)). */
export interface FileLock {
  /** FLOCK is flock(2)'s; POSIX and OFDLCK are fcntl(2)'s. */
  readonly kind: string;
  /** READ or WRITE. */
  readonly mode: string;
  readonly inode: number;
}

/** Parses /proc/locks. */
export const parseLocks = (bytes: Uint8Array): readonly FileLock[] => {
  // "1: OFDLCK ADVISORY  READ -1 fe:00:2154938 100 101"; a waiting lock has an arrow behind its number.
  const lines = decodeBytes(bytes).matchAll(/: (?:-> )?(\w+)\s+\w+\s+(\w+).*?\s[0-9a-f]+:[0-9a-f]+:(\d+)\s/g);
  return Array.from(lines, ([, kind = '', mode = '', inode]) => ({ kind, mode, inode: Number(inode) }));
};

/** The inode numbers of the files that somebody holds a lock on, or waits for one. */
export const parseLockedInodes = (
  bytes: Uint8Array,
  isCounted: (lock: FileLock) => boolean = () => true,
): ReadonlySet<number> =>
  new Set(
    parseLocks(bytes)
      .filter(isCounted)
      .map(({ inode }) => inode),
  );
