import type { Notice } from '../model/plan.ts';
import type { Disk } from '../model/storage.ts';
import type { TreePath } from '../model/tree.ts';

/** What the engine does, as it does it. Every face (text UI, plain log, JSON lines, tests) subscribes to this one stream. */
export type EngineEvent =
  | { readonly kind: 'surveying' }
  | { readonly kind: 'surveyed'; readonly disks: readonly Disk[] }
  | { readonly kind: 'looking'; readonly selector: string }
  | { readonly kind: 'noticed'; readonly notice: Notice }
  /** Another run writes to the same disk. */
  | { readonly kind: 'waiting-for-run'; readonly selector: string }
  | { readonly kind: 'opening'; readonly selector: string }
  | { readonly kind: 'journal-kept'; readonly id: string; readonly folder: TreePath }
  | { readonly kind: 'written'; readonly path: TreePath }
  | { readonly kind: 'rolling-back' }
  | { readonly kind: 'closed'; readonly selector: string }
  | { readonly kind: 'verified' };

export type Emit = (event: EngineEvent) => void;
