import type { Backup } from '../../engine/recovery/backups.ts';
import type { FoundLandmark } from '../../engine/recovery/landmarks.ts';
import type { BackupRemark } from '../../model/backup.ts';
import type { Receipt } from '../../model/receipt.ts';
import type { Reading, TargetVolume, TreeSize } from '../../model/recovery.ts';
import type { Secret } from '../../model/secret.ts';
import type { Disk } from '../../model/storage.ts';
import type { Entry, TreePath } from '../../model/tree.ts';
import type { TextPosition } from '../kit/text-position.ts';
import type { VolumeRef } from '../volume-ref.ts';

/** Getting files out of one volume. It outlives its screens, so that nobody has to mark anything twice. */
export interface RecoveryState {
  readonly volume: VolumeRef;
  /** The system whose well-known places are offered. */
  readonly systemId: string | undefined;
  /** The job that opens the volume, until it is open. */
  readonly opening: number | undefined;
  /** How it could be opened; undefined until it is. */
  readonly sourceReading: Reading | undefined;
  readonly landmarks: readonly FoundLandmark[];
  /** The folder that is looked at; one at a time, since it may be vast. */
  readonly listing: Listing | undefined;
  readonly marks: readonly Mark[];
  readonly count: Count | undefined;
}

export interface Listing {
  readonly job: number;
  readonly path: TreePath;
  /** Folders first; undefined until it was read. */
  readonly entries: readonly Entry[] | undefined;
  /** There are more than are shown. */
  readonly isCut: boolean;
  /** What is known of some of them, by name: of those that were on the screen. */
  readonly details: ReadonlyMap<string, EntryDetails>;
  /** The job that looks up details just now. */
  readonly detailing: number | undefined;
}

/** Nothing at all of an entry that cannot be asked. */
export interface EntryDetails {
  readonly sizeBytes?: number;
  readonly modifiedAtMs?: number;
}

/** A file, or a folder with everything in it. */
export interface Mark {
  readonly path: TreePath;
  readonly kind: 'file' | 'directory';
}

/** What is marked, added up in the background. */
export interface Count {
  readonly job: number;
  readonly marks: readonly Mark[];
  readonly size: TreeSize;
  readonly isDone: boolean;
}

/** What is to be copied. */
export type Cargo =
  | { readonly kind: 'files'; readonly volume: VolumeRef }
  | {
      readonly kind: 'backups';
      readonly volume: VolumeRef;
      readonly backups: readonly Backup[];
      /** What they are decrypted with; none: they are copied as they are. */
      readonly keys: readonly Secret[];
    };

/** Where to. */
export type Destination =
  | { readonly kind: 'place'; readonly place: TargetVolume }
  | { readonly kind: 'folder'; readonly path: string; readonly freeBytes: number };

/** What was typed on the way, which Escape leaves behind and the next visit finds. */
export interface Typed {
  readonly folder: string;
  /** Of backups. */
  readonly key: Secret;
  readonly publicKey: string;
}

/** How far a copy is. */
export interface Movement {
  readonly doneBytes: number;
  readonly totalBytes: number | undefined;
  readonly files: number;
  readonly current: string | undefined;
  readonly elapsedMs: number;
}

/** What a copy came to. */
export type Outcome =
  | { readonly kind: 'files'; readonly receipt: Receipt }
  | {
      readonly kind: 'backups';
      /** Paths, as a person would name them. */
      readonly written: readonly string[];
      /** Under whose names something stood there before, which was left alone. */
      readonly existing: readonly string[];
      readonly failed: readonly { readonly file: string; readonly error: unknown }[];
      readonly remarks: readonly BackupRemark[];
      readonly isStopped: boolean;
    };

/** Why what was asked for with a key was not done. */
export type Remark =
  | { readonly kind: 'nothing-marked' | 'special-file' | 'link' | 'nothing-found' }
  | { readonly kind: 'inside-marked'; readonly path: TreePath };

export interface FolderScreen {
  readonly name: 'folder';
  readonly path: TreePath;
  /** Counted from the first row; undefined: the entry that is sought, or the first one. */
  readonly chosen: number | undefined;
  /** Where a link led to. */
  readonly sought: string | undefined;
  /** The beginning of a name that is being typed: the first such entry is gone to. */
  readonly typed: string;
  readonly remark: Remark | undefined;
}

export interface LandmarksScreen {
  readonly name: 'landmarks';
  readonly chosen: string | undefined;
  readonly remark: Remark | undefined;
}

/** Following a link, to see what it leads to. */
export interface FollowingScreen {
  readonly name: 'following';
  readonly job: number;
}

export interface BackupsScreen {
  readonly name: 'backups';
  readonly volume: VolumeRef;
  readonly systemId: string;
  readonly job: number;
  readonly list: BackupsFound | undefined;
  /** Those that were taken out of the choice: at first all are in it. */
  readonly leftOut: readonly TreePath[];
  readonly isKeyShown: boolean;
  readonly chosen: string | undefined;
  readonly remark: Remark | undefined;
}

export interface BackupsFound {
  readonly backups: readonly Backup[];
  readonly keys: readonly Secret[];
}

export interface BackupKeyScreen {
  readonly name: 'backup-key';
  readonly volume: VolumeRef;
  readonly backups: readonly Backup[];
  readonly isShown: boolean;
  readonly rejection: 'empty' | 'not-a-line' | undefined;
  readonly chosen: string | undefined;
}

export interface DestinationsScreen {
  readonly name: 'destinations';
  readonly cargo: Cargo;
  readonly job: number;
  readonly places: readonly TargetVolume[] | undefined;
  /** Those that the places were looked for on; other ones since then make it look again. */
  readonly disks: readonly Disk[] | undefined;
  readonly chosen: string | undefined;
}

export interface TypedFolderScreen {
  readonly name: 'typed-folder';
  readonly cargo: Cargo;
  /** The job that asks how much is free there. */
  readonly job: number;
  readonly freeBytes: number | undefined;
  readonly error: unknown;
  readonly isRejected: boolean;
}

export interface CopyScreen {
  readonly name: 'copy';
  readonly cargo: Cargo;
  readonly destination: Destination;
  /** As with a plan: Enter that was meant for the screen before starts nothing. */
  readonly job: number;
  readonly isArmed: boolean;
  readonly reading: TextPosition;
}

export interface CopyingScreen {
  readonly name: 'copying';
  readonly job: number;
  readonly cargo: Cargo;
  readonly destination: Destination;
  readonly movement: Movement | undefined;
  /** Everything is copied, and the last of it is being written. */
  readonly isClosing: boolean;
  /** `asked`: somebody is being asked whether to stop; `leaving`: it stops, and Sparekey ends. */
  readonly stopping: 'no' | 'asked' | 'yes' | 'leaving';
  readonly button: number;
}

export interface CopiedScreen {
  readonly name: 'copied';
  readonly cargo: Cargo;
  readonly destination: Destination;
  readonly outcome: Outcome;
  readonly reading: TextPosition;
}

export type RecoveryScreen =
  | FolderScreen
  | LandmarksScreen
  | FollowingScreen
  | BackupsScreen
  | BackupKeyScreen
  | DestinationsScreen
  | TypedFolderScreen
  | CopyScreen
  | CopyingScreen
  | CopiedScreen;
