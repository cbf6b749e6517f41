import type { RawPath } from '../../tree/raw-path.ts';
import type { Listed } from './messages.ts';

/** What was listed and could not be read, to be looked for on the second way. */
export interface Doubts {
  /** @returns false where there are too many: then it is told at once */
  add(path: RawPath, kind: DoubtKind, reason: string): boolean;
  readonly entries: ReadonlyMap<RawPath, { readonly kind: DoubtKind; readonly reason: string }>;
  /** Remembers what was listed, to be counted on the second way. */
  addListed(path: RawPath, listed: Listed): void;
  readonly listed: ReadonlyMap<RawPath, Listed>;
}

type DoubtKind = 'unreadable-file' | 'unreadable-folder';

/** So many names take some 40 MB. */
const doubtsKept = 200_000;

/**
 * What the driver answers where a file system is damaged: a wrong checksum, an impossible entry, and ENOENT for a name
 * that it had just listed, because the folder's index does not lead to it. EIO may be the disk's own.
 */
const ofDamage: Readonly<Record<DoubtKind, readonly string[]>> = {
  'unreadable-file': ['ENOENT', 'EUCLEAN', 'EBADMSG'],
  'unreadable-folder': ['ENOENT', 'EUCLEAN', 'EBADMSG', 'EIO'],
};

export const createDoubts = (): Doubts => {
  const entries = new Map<RawPath, { readonly kind: DoubtKind; readonly reason: string }>();
  const lists = new Map<RawPath, Listed>();
  return {
    entries,
    listed: lists,
    addListed: (path, listed) => {
      if (lists.size < doubtsKept) lists.set(path, listed);
    },
    add: (path, kind, reason) => {
      if (entries.size >= doubtsKept || !ofDamage[kind].includes(reason)) return false;
      entries.set(path, { kind, reason });
      return true;
    },
  };
};
