import type { ByteRange } from '../model/recovery.ts';

/** What is not as it should be on a volume, or cannot be shown. */
export type FindingKind =
  | 'superblock-checksum'
  | 'superblock-bad'
  | 'group-checksum'
  | 'group-bad'
  | 'inode-checksum'
  | 'inode-bad'
  | 'extent-checksum'
  | 'extent-bad'
  | 'extent-overlap'
  | 'extent-loop'
  | 'block-outside'
  | 'block-of-metadata'
  | 'folder-checksum'
  | 'folder-bad'
  | 'folder-loop'
  | 'folder-hole'
  | 'index-bad'
  | 'link-bad'
  | 'inline-bad'
  | 'attribute-checksum'
  | 'attribute-bad'
  | 'journal-bad'
  | 'journal-checksum'
  | 'journal-external'
  | 'journal-forgotten'
  | 'fast-commit'
  | 'unreadable'
  | 'encrypted'
  | 'compressed';

export interface Finding {
  readonly kind: FindingKind;
  readonly inode?: number;
  /** Where on the volume. */
  readonly range?: ByteRange;
}

/** Findings by the way of a reading, each once. */
export interface Findings {
  add(finding: Finding): void;
  /** The first of them; a stranger's volume may give rise to millions. */
  readonly kept: readonly Finding[];
  readonly counts: ReadonlyMap<FindingKind, number>;
}

const mostKept = 1000;
const mostSeen = 100_000;

export const createFindings = (): Findings => {
  const kept: Finding[] = [];
  const counts = new Map<FindingKind, number>();
  const seen = new Set<string>();
  return {
    kept,
    counts,
    add: (finding) => {
      const { kind, inode, range } = finding;
      const key = `${kind} ${inode ?? ''} ${range?.startBytes ?? ''}`;
      if (seen.has(key)) return;
      if (seen.size < mostSeen) seen.add(key);
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      if (kept.length < mostKept) kept.push(finding);
    },
  };
};
