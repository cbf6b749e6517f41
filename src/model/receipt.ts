import type { Digest } from './plan.ts';
import type { CopySummary, Reading } from './recovery.ts';
import type { Volume } from './storage.ts';
import type { TreePath } from './tree.ts';

/** What a recovery came to; the report is made of it. */
export interface Receipt {
  readonly version: 1;
  readonly volume: Pick<Volume, 'id' | 'selector' | 'path' | 'filesystem'>;
  readonly paths: readonly TreePath[];
  /** As a person would name it. */
  readonly to: string;
  readonly reading: Reading;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly summary: CopySummary;
  readonly proof?: { readonly path: string; readonly before: Digest; readonly after: Digest };
}

/** Whether everything that was asked for is in the target, whole. Devices, FIFOs and the like cannot be. */
export const isComplete = ({ summary: { problemCounts, stoppedBy } }: Receipt): boolean =>
  stoppedBy === undefined &&
  problemCounts['unreadable-file'] +
    problemCounts['unreadable-folder'] +
    problemCounts.damaged +
    problemCounts['damaged-folder'] +
    problemCounts.exists ===
    0;
