import { manifestComment, manifestLine } from '../../../formats/checksum-manifest.ts';
import type { Descent } from '../../foreign/descent.ts';
import { joinRaw, type RawPath, textOf } from '../../tree/raw-path.ts';
import { incompleteNameOf } from './copy-file.ts';
import type { Doubts } from './doubts.ts';
import type { Finisher } from './finisher.ts';
import { type Anchor, createHardLinks, type LinkedName, tie } from './hard-links.ts';
import type { NewLink } from './make-links.ts';
import type { Draft, FilesJob, Job, Outcome, Plain } from './messages.ts';
import type { Tally } from './tally.ts';

/** Disks that have more bad places than this are to be imaged first. */
const retriesLimit = 10_000;

/** What is left to do, at a checkpoint, for things that were copied. */
export interface Settled {
  /** How many files these are. */
  files: number;
  /** For the manifest. */
  readonly lines: string[];
  readonly links: NewLink[];
  /** Folders of the target with everything in them. All of this holds only once the target was flushed. */
  readonly folders: RawPath[];
}

export const emptySettled = (): Settled => ({ files: 0, lines: [], links: [], folders: [] });

/** What became of each file, and what that leaves to do. */
export interface Ledger {
  readonly settled: Settled;
  /** Files copied again though the manifest has them: their old lines are wrong. */
  readonly relisted: ReadonlySet<RawPath>;
  /** @returns the jobs that follow, and whether the thing is in the target as it should be. @throws TargetError */
  take(job: Job, outcome: Outcome): { readonly more: readonly Draft[]; readonly isWhole: boolean };
  takePlain(plain: Plain): void;
  /** A job, or a part of it, that found what it cannot read; false where it is too late or too much to try it again. */
  postpone(draft: Draft): boolean;
  takeSettled(): Settled;
  /** What is to be tried once more; from now on nothing is postponed. */
  takeRetries(): readonly Draft[];
}

export interface LedgerOptions {
  readonly target: Descent;
  readonly keepsSymlinks: boolean;
  /** Takes the files that are handed over. */
  readonly finisher?: Finisher;
  readonly tally: Tally;
  /** Takes what is to be looked for on another way. */
  readonly doubts?: Doubts;
}

type Whole = Extract<Outcome, { kind: 'copied' | 'kept' }>;

export const createLedger = ({ target, keepsSymlinks, finisher, tally, doubts }: LedgerOptions): Ledger => {
  const links = createHardLinks();
  const relisted = new Set<RawPath>();
  /** The jobs that copy the first name of a file with several. */
  const firstNames = new Map<RawPath, string>();
  let settled = emptySettled();
  let retries: Draft[] = [];
  let isLastTry = false;

  const postpone = (draft: Draft): boolean => {
    if (isLastTry || retries.length >= retriesLimit) return false;
    retries.push(draft);
    return true;
  };
  const again = (job: Job, { name, to }: { readonly name: RawPath; readonly to: RawPath }): Omit<FilesJob, 'id'> => ({
    kind: 'files',
    folder: job.folder,
    to: job.to,
    items: [{ name, to }],
    before: job.before,
    takesLinked: true,
    keepsDamaged: true,
  });

  const list = (to: RawPath, { digest, isListed }: Omit<Anchor, 'to'>): void => {
    if (isListed) return;
    settled.lines.push(digest === undefined ? manifestComment(`not hashed: ${textOf(to)}`) : manifestLine(digest, to));
  };

  const takeWhole = (job: Job, outcome: Whole): void => {
    const { kind, sizeBytes, digest, mode, hasHoles, isListed } = outcome;
    const path = joinRaw(job.folder, outcome.name);
    const to = joinRaw(job.to, outcome.to);
    const anchor: Anchor = { to, isListed, ...(digest !== undefined && { digest }) };
    tally.files += 1;
    tally.bytes += sizeBytes;
    if (kind === 'kept') tally.keptFromBefore += 1;
    if (hasHoles) tally.sparseFiles += 1;
    if (digest === undefined && !isListed)
      tally.addProblem({ kind: 'not-hashed', path: `/${textOf(path)}`, sizeBytes });
    if (kind === 'copied') {
      if (job.before === 'trusted') relisted.add(to);
      settled.files += 1;
      if (outcome.handles) finisher?.add({ ...outcome.handles, path: to, mode });
    }
    if (outcome.to !== outcome.name) tally.addRenamed(path, to);
    list(to, anchor);
    settleFirst(to, anchor);
  };

  /** The first name of a file is done with: now its other names can be. */
  const settleFirst = (to: RawPath, anchor: Anchor | undefined): void => {
    const inode = firstNames.get(to);
    if (inode === undefined) return;
    firstNames.delete(to);
    for (const name of links.settle(inode, anchor)) {
      if (anchor) tieName(name, anchor);
      else
        tally.addProblem({
          kind: 'unreadable-file',
          path: `/${textOf(joinRaw(name.job.folder, name.outcome.name))}`,
          reason: 'EIO',
        });
    }
  };

  const tieName = ({ job, outcome }: LinkedName, anchor: Anchor): void => {
    const to = joinRaw(job.to, outcome.to);
    const isThere = tie(target, anchor.to, to) === 'there';
    tally.hardLinks += 1;
    if (outcome.to !== outcome.name) tally.addRenamed(joinRaw(job.folder, outcome.name), to);
    list(to, { ...anchor, isListed: isThere && job.before === 'trusted' });
  };

  const takeLinked = (job: Job, outcome: Extract<Outcome, { kind: 'linked' }>): readonly Draft[] => {
    const next = links.meet({ job, outcome });
    if (next === 'wait') return [];
    if (next !== 'copy') {
      tieName({ job, outcome }, next);
      return [];
    }
    firstNames.set(joinRaw(job.to, outcome.to), outcome.inode);
    return [{ ...again(job, outcome), keepsDamaged: isLastTry }];
  };

  const take: Ledger['take'] = (job, outcome) => {
    const path = `/${textOf(joinRaw(job.folder, outcome.name))}`;
    const whole = { more: [], isWhole: true };
    switch (outcome.kind) {
      case 'copied':
      case 'kept':
        takeWhole(job, outcome);
        return whole;
      case 'linked':
        return { more: takeLinked(job, outcome), isWhole: true };
      case 'symlink':
        if (!keepsSymlinks) tally.addProblem({ kind: 'symlink-left-out', path, target: textOf(outcome.target) });
        else if (!outcome.isThere) {
          settled.files += 1;
          settled.links.push({ ...outcome, to: joinRaw(job.to, outcome.to) });
        }
        if (keepsSymlinks) tally.symlinks += 1;
        return whole;
      case 'special':
        tally.addProblem({ kind: 'special', path, what: outcome.what });
        return whole;
      case 'exists':
        tally.addProblem({ kind: 'exists', path });
        return whole;
      case 'damaged':
      case 'unreadable': {
        if (postpone(again(job, outcome))) return { more: [], isWhole: false };
        if (outcome.kind === 'unreadable') {
          const { reason } = outcome;
          const isDoubt = doubts?.add(joinRaw(job.folder, outcome.name), 'unreadable-file', reason);
          if (!isDoubt) tally.addProblem({ kind: 'unreadable-file', path, reason });
        } else {
          const { kind, ranges, sizeBytes } = outcome;
          const keptAs = textOf(incompleteNameOf(joinRaw(job.to, outcome.to)));
          tally.addProblem({ kind, path, keptAs, sizeBytes, ranges });
        }
        settleFirst(joinRaw(job.to, outcome.to), undefined);
        return { more: [], isWhole: false };
      }
    }
  };

  return {
    get settled() {
      return settled;
    },
    relisted,
    take,
    takePlain: ({ files, bytes, sparseFiles, lines, folder, names, numbers }) => {
      tally.files += files;
      tally.bytes += bytes;
      tally.sparseFiles += sparseFiles;
      settled.files += files;
      settled.lines.push(lines);
      const each = names.split('/');
      for (let at = 0; at < numbers.length; at += 3) {
        const [source = 0, target = 0, mode = 0] = [numbers[at], numbers[at + 1], numbers[at + 2]];
        finisher?.add({ source, target, mode, path: joinRaw(folder, each[at / 3] ?? '') });
      }
    },
    postpone,
    takeSettled: () => {
      const taken = settled;
      settled = emptySettled();
      return taken;
    },
    takeRetries: () => {
      isLastTry = true;
      const taken = retries;
      retries = [];
      return taken;
    },
  };
};
