import type { ElsewhereKind } from './elsewhere.ts';
import type { JobProblem } from './job.ts';
import type { PublicKeyFlaw } from './public-key.ts';
import type { OutputStream } from './terminal.ts';
import type { TreePath } from './tree.ts';

/**
 * Every refusal and failure that Sparekey expects, with the data its sentence needs. The sentences live in text/,
 * in maps that the compiler keeps total over these codes.
 */
export interface ErrorDetails {
  'need-root': Record<never, never>;
  'tool-missing': { tool: string };
  'no-loop-device': Record<never, never>;
  'tool-timeout': { tool: string };
  'tool-failed': { tool: string; output: string };
  'source-missing': { path: string };
  'source-unusable': { path: string; kind: string };
  'running-system': { path: string };
  /** Another run writes to the same disk. */
  'volume-locked': { selector: string };
  'volume-in-use': { selector: string; mountPoints: readonly string[] };
  'no-match': { selector?: string; candidates: readonly string[] };
  'several-match': { selector?: string; candidates: readonly string[] };
  /** What has to be changed together lies on several volumes. */
  'several-volumes': { selectors: readonly string[] };
  'no-such-account': { user: string; accounts: readonly string[] };
  /** The account, or every account of the system, is not kept on this disk. */
  'account-elsewhere': { user: string; where: ElsewhereKind };
  'several-accounts': { user: string; accounts: readonly string[] };
  /** `ids`: of what can be cured. */
  'no-such-finding': { id: string; ids: readonly string[] };
  'not-offered': { task: string; system: string };
  'account-locked': { user: string };
  'cannot-mount': { selector: string; output: string };
  'cannot-unmount': { selector: string; output: string };
  'read-only-device': { selector: string };
  /** `command`: what checks and repairs it, ready to copy. */
  'needs-fsck': { selector: string; command: string };
  /** `type`: the kind of RAID, as blkid names it; `tool`: what would join its disks, and is not installed here. */
  'raid-member': { selector: string; type: string; tool?: string };
  /** Too few of its disks are there. */
  'raid-incomplete': { name: string; present: number; devices: number };
  'group-incomplete': { group: string; missing: readonly MissingDisk[] };
  /** Somebody else has opened it, and it was not found among the machine's disks. */
  'group-in-use': { group: string };
  /** The end of its file system is not there. */
  'volume-cut': { selector: string; missingBytes: number };
  /** Encrypted; `tried`: how many passphrases and key files did not fit. */
  locked: { selector: string; tried: number };
  /** `file`: the swap file, where the system does not sleep in a volume of its own. */
  hibernated: { selector: string; swap: string; file?: TreePath };
  'not-a-file': { path: TreePath; kind: string };
  'file-too-large': { path: TreePath; sizeBytes: number; limitBytes: number };
  'file-missing': { path: TreePath };
  'path-loop': { path: TreePath };
  'read-failed': { path: TreePath; reason: string };
  'write-failed': { path: TreePath; reason: string };
  'attributes-lost': { path: TreePath; output: string };
  /** The folder around the file carries chattr +i or +a. */
  'immutable-folder': { path: TreePath };
  'no-space': { path: TreePath };
  'file-corrupt': { path: TreePath; reason: string };
  'store-version': { path: TreePath; version: string; known: string };
  'plan-stale': { path: TreePath };
  'consent-missing': Record<never, never>;
  'verify-failed': { user: string };
  /** The change was written, and then the volume could not be opened any more. */
  'not-proved': { selector: string; journal: TreePath };
  'rollback-failed': { path: TreePath; journal: TreePath };
  'password-empty': Record<never, never>;
  'password-mismatch': Record<never, never>;
  'password-unusable': { reason: 'newline' | 'nul' | 'not-utf8' | 'too-long' };
  'password-file': { path: string; reason: string };
  'no-terminal': Record<never, never>;
  /** What was said was not taken; `reason` as errno(3) names it. */
  'output-lost': { stream: OutputStream; reason: string };
  /** A made-up password that nobody could read: `discarded` before anything was changed, else what it replaced was put back. */
  'password-unseen': { reason: 'discarded' | (string & {}) };
  usage: { message: string };
  /** A hash made elsewhere that this system would not understand; `accepted`: the schemes that it does. */
  'hash-unusable': { user: string; accepted: readonly string[] };
  /** A job file that is not understood. */
  'job-file': { problems: readonly JobProblem[] };
  /** A signal came in the middle of a job; `done`: its steps that were carried out. */
  'job-stopped': { done: number; steps: number };
  'job-unreadable': { path: string; reason: string };
  /** A link, a FIFO, a device, or a file that has other names as well. */
  'job-not-a-file': { path: string };
  /** Nothing can be written beside the job file: neither report nor the mark that it was run. */
  'medium-unwritable': { path: string; reason: 'read-only' | 'full' | (string & {}) };
  /** A job was run, and then neither its report nor the mark that it was run could be left beside it. */
  'report-unwritten': { path: string; reason: string };
  'journal-unsafe': { path: TreePath };
  'journal-corrupt': { id: string; reason: string };
  'journal-newer': { id: string };
  'key-unusable': { flaw: PublicKeyFlaw };
  'key-file': { path: string; reason: string };
  /** A user that a Session Smart Router writes anew at every start; the names of both nodes of a pair. */
  'router-owned': { user: string; nodes: readonly string[] };
  'keys-refused': { user: string; path: TreePath; line: number };
  'keys-unsafe': { user: string; path: TreePath };
  'home-missing': { user: string; path: TreePath };
  'nothing-to-undo': { id?: string };
  'several-to-undo': { ids: readonly string[] };
  'changed-since': { path: TreePath; id: string };
  'target-unusable': { path: string; reason: string };
  'target-inside-source': { path: string };
  /** `target`: where the link leads to. */
  'target-is-link': { path: string; target: string };
  /** Something stands where Sparekey keeps a file or folder of its own, and is not believed. */
  'target-not-ours': { path: string; reason: 'folder' | 'owner' | 'garbled' | (string & {}) };
  /** The folder holds what an earlier run copied from another volume. */
  'target-other-run': { path: string; source: string };
  'target-too-small': { path: string; neededBytes: number; freeBytes: number };
  'target-full': { path: string };
  'files-too-large': { path: string; files: readonly TreePath[]; limitBytes: number };
  /** A file of the machine that Sparekey runs on, which would be overwritten. */
  'target-exists': { path: string };
  /** Somebody asked to stop a copy or an imaging; `path`: what it was writing to. */
  stopped: { path: string };
  'no-backups': Record<never, never>;
  'no-such-backup': { name: string; candidates: readonly string[] };
  'backup-key-missing': Record<never, never>;
  'wrong-backup-key': { archive: string };
  'archive-damaged': { archive: string; reason: string };
  /** Nothing in a damaged backup can be made out any more. */
  'nothing-to-repair': { archive: string };
}

/** A disk that a volume group names, and that is not there; `hint`: where it was when the group was last written. */
export interface MissingDisk {
  readonly uuid: string;
  readonly sizeBytes: number;
  readonly hint?: string;
}

export type ErrorCode = keyof ErrorDetails;

/** Exit codes: 1 tried and failed, 2 usage, 3 refused or consent missing, 4 nothing matched. 0 and 70 are not errors of ours. */
export type ExitCode = 1 | 2 | 3 | 4;

/** An expected refusal or failure. Anything else that is thrown is a bug. */
export class RescueError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C;
  readonly details: ErrorDetails[C];

  constructor(code: C, details: ErrorDetails[C], options?: { cause?: unknown }) {
    super(code, options);
    this.name = 'RescueError';
    this.code = code;
    this.details = details;
  }
}

/** A RescueError whose code tells which details it carries. */
export type KnownError = { [C in ErrorCode]: RescueError<C> }[ErrorCode];

export const isRescueError = (error: unknown): error is KnownError => error instanceof RescueError;

/** When closing a volume fails after something else did, the first failure is the one to tell of. */
export const firstFailure = (thrown: unknown): unknown =>
  thrown instanceof SuppressedError ? firstFailure(thrown.suppressed) : thrown;

/** A tool's own words, if the error carries some: in its details, or in the tool failure that caused it. */
export const toolOutput = ({ details, cause }: RescueError): string => {
  if ('output' in details) return details.output.trim();
  return isRescueError(cause) ? toolOutput(cause) : '';
};
