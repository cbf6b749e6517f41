import type { Descent } from '../../foreign/descent.ts';
import { tieName } from '../../foreign/entries.ts';
import { nameOfRaw, parentOfRaw, type RawPath } from '../../tree/raw-path.ts';
import { toTarget } from '../target/target-error.ts';
import type { Job, Outcome } from './messages.ts';

/** A name of a file that has several. */
export interface LinkedName {
  readonly job: Job;
  readonly outcome: Extract<Outcome, { kind: 'linked' }>;
}

/** The finished copy that other names are tied to. */
export interface Anchor {
  readonly to: RawPath;
  readonly digest?: string;
  readonly isListed: boolean;
}

interface Known {
  anchor?: Anchor;
  readonly waiting: LinkedName[];
  /** Names that did not come along yet; with the last one the file is forgotten. */
  left: number;
}

/** Files with several names are copied once; the others become links to that copy. */
export interface HardLinks {
  /** What to do with a name: copy it, as the first of its file, tie it to the copy, or wait until that is finished. */
  meet(name: LinkedName): 'copy' | 'wait' | Anchor;
  /** The first of its names is copied, or (without an anchor) could not be; returns those that waited for it. */
  settle(inode: string, anchor: Anchor | undefined): readonly LinkedName[];
}

export const createHardLinks = (): HardLinks => {
  const files = new Map<string, Known>();
  const countDown = (inode: string, known: Known) => {
    known.left -= 1;
    if (known.left <= 0 && known.anchor !== undefined) files.delete(inode);
  };
  return {
    meet: (name) => {
      const { inode, links } = name.outcome;
      const known = files.get(inode);
      if (known === undefined) {
        files.set(inode, { waiting: [], left: links - 1 });
        return 'copy';
      }
      const { anchor } = known;
      if (anchor === undefined) known.waiting.push(name);
      countDown(inode, known);
      return anchor ?? 'wait';
    },
    settle: (inode, anchor) => {
      const known = files.get(inode);
      if (known === undefined) return [];
      if (anchor === undefined || known.left <= 0) files.delete(inode);
      if (anchor) known.anchor = anchor;
      return known.waiting.splice(0);
    },
  };
};

/** Gives a copied file another name. What an earlier run left in its place is replaced. @throws TargetError */
export const tie = (target: Descent, from: RawPath, to: RawPath): 'tied' | 'there' =>
  toTarget(
    () =>
      target.within(parentOfRaw(from), (first) =>
        target.within(parentOfRaw(to), (second) =>
          tieName(`${first}/${nameOfRaw(from)}`, `${second}/${nameOfRaw(to)}`),
        ),
      ),
    to,
  );
