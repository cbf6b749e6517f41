import type { LandmarkName } from '../model/system.ts';

/** Words of the text UI for getting files out. Amounts come in as texts with their units. */
export interface TuiRecoveryWords {
  readonly keys: Readonly<Record<'mark' | 'landmarks' | 'copy' | 'stop' | 'goTo', string>>;
  readonly opening: string;
  readonly landmarks: LandmarksWords;
  readonly folder: FolderWords;
  readonly backups: BackupsWords;
  readonly destinations: DestinationsWords;
  readonly copy: CopyWords;
  readonly copying: CopyingWords;
  readonly copied: CopiedWords;
}

export interface LandmarksWords {
  readonly title: (system: string) => string;
  readonly names: Readonly<Record<LandmarkName, string>>;
  readonly everything: string;
}

export interface FolderWords {
  readonly title: (path: string) => string;
  readonly reading: string;
  readonly empty: string;
  readonly copy: string;
  readonly landmarks: string;
  readonly whole: string;
  readonly cut: (shown: string) => string;
  readonly nothingMarked: string;
  /** "3 marked: 1.2 GB in 5321 files", and while it is counted, that it is. */
  readonly marked: (count: number, size: string, files: number) => string;
  readonly counting: string;
  readonly link: string;
  readonly special: string;
  readonly following: string;
  /** While the beginning of a name is typed. */
  readonly goingTo: (typed: string) => string;
  readonly remarks: Readonly<Record<'nothing-marked' | 'special-file' | 'link' | 'nothing-found', string>>;
  readonly insideMarked: (path: string) => string;
}

export interface BackupsWords {
  readonly title: string;
  readonly reading: string;
  readonly plain: string;
  readonly decrypted: string;
  readonly showKey: string;
  readonly hideKey: string;
  readonly keyTitle: string;
  readonly keyIntro: string;
  readonly key: string;
  readonly show: string;
  readonly hide: string;
  readonly next: string;
  readonly rejected: Readonly<Record<'empty' | 'not-a-line', string>>;
  readonly typeAnother: string;
  readonly unreadable: string;
}

export interface DestinationsWords {
  readonly title: string;
  readonly looking: string;
  readonly free: (size: string) => string;
  readonly freeUnknown: string;
  readonly none: string;
  readonly plugIn: string;
  readonly typeFolder: string;
  readonly folderTitle: string;
  readonly folderIntro: string;
  readonly folder: string;
  readonly folderRejected: string;
}

export interface CopyWords {
  readonly title: string;
  readonly what: string;
  readonly from: string;
  readonly to: string;
  readonly amount: string;
  readonly free: string;
  readonly amountOf: (size: string, files: number) => string;
  readonly soFar: (amount: string) => string;
  readonly backups: (count: number) => string;
  readonly decrypted: string;
  readonly more: (count: number) => string;
  readonly tooLarge: string;
  readonly readOnly: string;
  readonly start: string;
}

export interface CopyingWords {
  readonly title: string;
  readonly starting: string;
  readonly closing: string;
  readonly doNotUnplug: string;
  readonly done: (done: string, total: string) => string;
  readonly rate: (rate: string) => string;
  readonly remaining: (time: string) => string;
  readonly files: (count: number) => string;
  readonly stopQuestion: string;
  readonly stopping: string;
  readonly goOn: string;
  readonly stop: string;
}

export interface CopiedWords {
  readonly title: string;
  readonly titleStopped: string;
  readonly titlePartly: string;
  readonly in: (place: string) => string;
  readonly receipts: (manifest: string, receipt: string) => string;
  readonly nextSteps: string;
  readonly unplugStick: string;
  readonly check: (manifest: string) => string;
  readonly resumes: string;
  readonly tryAgain: string;
  readonly notWritten: string;
  readonly again: string;
  readonly more: string;
  readonly otherKey: string;
  readonly done: string;
}
