import type { CopyProblem, CopySummary } from '../../../model/recovery.ts';
import { type RawPath, textOf } from '../../tree/raw-path.ts';

/** A report of a million lines helps nobody, and would not fit into memory. */
const problemsListed = 10_000;
const renamedListed = 100_000;

/** What became of everything, counted as it happens. */
export interface Tally {
  files: number;
  bytes: number;
  keptFromBefore: number;
  folders: number;
  symlinks: number;
  hardLinks: number;
  sparseFiles: number;
  addProblem(problem: CopyProblem): void;
  addRenamed(path: RawPath, to: RawPath): void;
  sum(): Omit<CopySummary, 'manifest' | 'elapsedMs' | 'stoppedBy'>;
}

/** How often each kind was met, before anything was copied. */
export const noProblems: Readonly<Record<CopyProblem['kind'], number>> = {
  'unreadable-file': 0,
  'unreadable-folder': 0,
  damaged: 0,
  'damaged-folder': 0,
  special: 0,
  'symlink-left-out': 0,
  exists: 0,
  'not-hashed': 0,
  'attributes-lost': 0,
};

export const createTally = (): Tally => {
  const problems: CopyProblem[] = [];
  const problemCounts: Record<CopyProblem['kind'], number> = { ...noProblems };
  const renamed: { path: string; to: string }[] = [];
  let renamedCount = 0;
  return {
    files: 0,
    bytes: 0,
    keptFromBefore: 0,
    folders: 0,
    symlinks: 0,
    hardLinks: 0,
    sparseFiles: 0,
    addProblem: (problem) => {
      problemCounts[problem.kind] += 1;
      if (problems.length < problemsListed) problems.push(problem);
    },
    addRenamed: (path, to) => {
      renamedCount += 1;
      if (renamed.length < renamedListed) renamed.push({ path: `/${textOf(path)}`, to: textOf(to) });
    },
    sum() {
      const { files, bytes, keptFromBefore, folders, symlinks, hardLinks, sparseFiles } = this;
      return {
        ...{ files, bytes, keptFromBefore, folders, symlinks, hardLinks, sparseFiles },
        ...{ problems, problemCounts, renamed, renamedCount },
      };
    },
  };
};
