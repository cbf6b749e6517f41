import type { JournalOperation } from './operation.ts';

/** Puts back what an earlier run replaced. Its plan is made in engine/undo.ts, out of that run's journal. */
export const undo = {
  id: 'undo',
  kind: 'change',
  on: 'journal',
  faces: ['cli', 'jobs', 'tui'],
  inputs: {
    /** Put back even files that were changed since. */
    force: { kind: 'flag' },
  },
  /** `journal`: the id of the run. */
  facts: { journal: 'text' },
  insists: { code: 'changed-since', input: 'force' },
} as const satisfies JournalOperation;
