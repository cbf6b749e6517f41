import type { BackupRemark } from '../model/backup.ts';
import type { CopyProblem, Reading } from '../model/recovery.ts';

/** Words for getting files out. Amounts come in as texts with their units. */
export interface RecoveryWords {
  readonly allCopied: string;
  readonly notAllCopied: string;
  readonly copied: (counts: {
    readonly files: number;
    readonly size: string;
    readonly folders: number;
    readonly symlinks: number;
    readonly hardLinks: number;
  }) => string;
  readonly keptFromBefore: (files: number) => string;
  readonly fromTo: (from: string, to: string) => string;
  readonly readings: Readonly<Record<Reading, string>>;
  /** What a dry run says. */
  readonly wouldCopy: (load: {
    readonly files: number;
    readonly folders: number;
    readonly size: string;
    readonly from: string;
    readonly to: string;
    readonly free: string;
  }) => string;
  readonly wouldClone: (load: Readonly<Record<'device' | 'size' | 'file' | 'map' | 'free', string>>) => string;
  readonly wouldWrite: (path: string, size: string) => string;
  readonly took: (seconds: number, rate: string) => string;
  readonly check: (folder: string, manifest: string) => string;
  readonly proved: (path: string, digest: string) => string;
  readonly disproved: (proof: { readonly path: string; readonly before: string; readonly after: string }) => string;
  readonly problems: (count: number) => string;
  readonly moreProblems: (count: number) => string;
  readonly problem: Readonly<Record<CopyProblem['kind'], (path: string, what: string, ranges: string) => string>>;
  readonly renamed: (count: number) => string;
  readonly opened: (selector: string, reading: string) => string;
  readonly proving: (done: string, total: string) => string;
  readonly remaining: (time: string) => string;
  readonly cloned: (rescued: string, total: string, bad: string) => string;
  readonly cloneDone: (file: string, map: string) => string;
  readonly cloneBad: (places: number, size: string) => string;
  readonly keyIs: (key: string) => string;
  readonly keyMissing: string;
  readonly encrypted: string;
  readonly openedBy: (owner: string) => string;
  readonly openedByFile: string;
  readonly openedByNone: string;
  readonly encryptionIsNewer: string;
  readonly plain: string;
  readonly damagedBackup: (state: string, reason: string) => string;
  readonly unreadableBackup: (reason: string) => string;
  readonly exported: (path: string) => string;
  readonly notExported: (file: string, why: string) => string;
  readonly backupRemark: (remark: BackupRemark) => string;
  readonly repairedBackup: (repaired: {
    readonly path: string;
    readonly whole: readonly string[];
    readonly incomplete: readonly string[];
    readonly leftOut: readonly string[];
    readonly hasNewFacts: boolean;
  }) => readonly string[];
  readonly soundBackup: (file: string) => string;
  readonly columns: Readonly<Record<'file' | 'name' | 'date' | 'type' | 'size' | 'protection', string>>;
}
