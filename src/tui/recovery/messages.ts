import type { FoundLandmark } from '../../engine/recovery/landmarks.ts';
import type { Reading, TargetVolume, TreeSize } from '../../model/recovery.ts';
import type { Disk, Volume } from '../../model/storage.ts';
import type { InstalledSystem } from '../../model/system.ts';
import type { Entry, EntryKind, TreePath } from '../../model/tree.ts';
import type { BackupsFound, Cargo, Destination, EntryDetails, Movement, Outcome } from './state.ts';

/** What comes of getting files out. A job that failed is told with `job-failed`, as everywhere. */
export type RecoveryMessage =
  | {
      readonly kind: 'source-opened';
      readonly job: number;
      readonly reading: Reading;
      readonly landmarks: readonly FoundLandmark[];
    }
  | {
      readonly kind: 'folder-listed';
      readonly job: number;
      readonly entries: readonly Entry[];
      readonly isCut: boolean;
    }
  | { readonly kind: 'detailed'; readonly job: number; readonly details: ReadonlyMap<string, EntryDetails> }
  | {
      readonly kind: 'followed';
      readonly job: number;
      readonly path: TreePath;
      readonly leadsTo: EntryKind | undefined;
    }
  | { readonly kind: 'counted'; readonly job: number; readonly size: TreeSize; readonly isDone: boolean }
  | { readonly kind: 'places-listed'; readonly job: number; readonly places: readonly TargetVolume[] }
  | {
      readonly kind: 'free-space';
      readonly job: number;
      readonly freeBytes: number | undefined;
      readonly error: unknown;
    }
  | { readonly kind: 'moved'; readonly job: number; readonly movement: Movement }
  | { readonly kind: 'closing'; readonly job: number }
  | { readonly kind: 'copied'; readonly job: number; readonly outcome: Outcome }
  | { readonly kind: 'backups-listed'; readonly job: number; readonly list: BackupsFound };

/** What getting files out wants done. `stop` ends a job early; an answer of it comes all the same. */
export type RecoveryEffect =
  | {
      readonly kind: 'open-source';
      readonly job: number;
      readonly volume: Volume;
      readonly system: InstalledSystem | undefined;
    }
  | { readonly kind: 'list-folder'; readonly job: number; readonly volume: Volume; readonly path: TreePath }
  | {
      readonly kind: 'detail';
      readonly job: number;
      readonly volume: Volume;
      readonly folder: TreePath;
      readonly names: readonly string[];
    }
  | { readonly kind: 'follow'; readonly job: number; readonly volume: Volume; readonly path: TreePath }
  | { readonly kind: 'count'; readonly job: number; readonly volume: Volume; readonly paths: readonly TreePath[] }
  | { readonly kind: 'close-source' }
  | { readonly kind: 'list-backups'; readonly job: number; readonly system: InstalledSystem }
  | { readonly kind: 'list-places'; readonly job: number; readonly disks: readonly Disk[]; readonly volume: Volume }
  | { readonly kind: 'ask-free-space'; readonly job: number; readonly folder: string }
  | {
      readonly kind: 'copy';
      readonly job: number;
      readonly volume: Volume;
      readonly paths: readonly TreePath[];
      readonly cargo: Cargo;
      readonly destination: Destination;
      /** Of the receipt. */
      readonly language: 'en' | 'fr';
    }
  | { readonly kind: 'stop'; readonly job: number };
