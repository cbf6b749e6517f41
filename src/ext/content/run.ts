import type { Inode } from '../inode.ts';
import type { ExtVolume } from '../volume.ts';

/**
 * A stretch of a file, in blocks. What lies between runs are holes.
 * `data`: from `physical` on. `unwritten`: space that was reserved, and reads as zeros. `lost`: nobody can say where it
 * is, because the list that says so is damaged, or leads where no file can be.
 */
export interface Run {
  readonly kind: 'data' | 'unwritten' | 'lost';
  readonly logical: number;
  /** Infinity for all the rest of the file. */
  readonly count: number;
  readonly physical: number;
  /** What says so has a wrong checksum, or contradicts itself. */
  readonly isDoubtful: boolean;
}

/** Which blocks of a file are wanted. */
export interface Window {
  readonly from: number;
  /** The first one that is not. */
  readonly until: number;
}

/** What a file's map is walked with. Nodes that were met are remembered, so that no loop is endless. */
export interface MapWalk {
  readonly volume: ExtVolume;
  readonly inode: Inode;
  readonly window: Window;
  readonly visited: Set<number>;
}

export const lost = (logical: number, count: number): Run => ({
  ...{ kind: 'lost', logical, count, physical: 0, isDoubtful: true },
});
