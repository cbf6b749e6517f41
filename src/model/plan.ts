import type { AccountNote } from './account.ts';
import type { ElsewhereKind } from './elsewhere.ts';
import type { KnownError } from './errors.ts';
import type { FileAttributes, TreePath } from './tree.ts';

/** SHA-256, lower-case hexadecimal. */
export type Digest = string;

/** What a written file means to a person; text/ turns it into a sentence, because contents are secret or noise. */
export type Effect =
  | { readonly kind: 'set-password'; readonly user: string; readonly scheme: string }
  | { readonly kind: 'lift-lock'; readonly user: string }
  | { readonly kind: 'clear-expiry'; readonly user: string }
  | { readonly kind: 'clear-ageing'; readonly user: string }
  | { readonly kind: 'add-shadow-line'; readonly user: string }
  | { readonly kind: 'reopen-password'; readonly user: string }
  | { readonly kind: 'reopen-account'; readonly user: string }
  | { readonly kind: 'renew-password-age'; readonly user: string }
  | { readonly kind: 'set-shell'; readonly user: string; readonly shell: string }
  | { readonly kind: 'list-shell'; readonly shell: string }
  | { readonly kind: 'forget-failures'; readonly user: string }
  | { readonly kind: 'let-people-in' }
  /** `setting`: what sshd does for this account alone from now on. */
  | { readonly kind: 'open-ssh'; readonly user: string; readonly setting: string }
  | { readonly kind: 'leave-list'; readonly user: string; readonly list: string }
  | { readonly kind: 'join-list'; readonly user: string; readonly list: string }
  | { readonly kind: 'allow-access'; readonly user: string }
  | { readonly kind: 'allow-terminal'; readonly terminal: string }
  | { readonly kind: 'restore-from'; readonly copy: TreePath }
  | { readonly kind: 'forget-app-logins' }
  | { readonly kind: 'authorize-key'; readonly user: string; readonly fingerprint: string; readonly comment: string }
  | { readonly kind: 'put-back'; readonly journal: string }
  | { readonly kind: 'take-away'; readonly journal: string };

/** One thing that would be done to one volume. Each kind is a file of engine/changes. */
export type Change = ReplaceFile | CreateFile | RemoveFile | MoveFile | PatchFile | SetLabel;

/** Puts new content in the place of a file, which keeps its owner, mode, label and flags. */
export interface ReplaceFile {
  readonly kind: 'write-file';
  readonly path: TreePath;
  /** What the file must still be when it is replaced, else plan-stale. */
  readonly before: Digest;
  readonly content: Uint8Array;
  readonly effects: readonly Effect[];
  /** chattr +i stands on the file: it is lifted for the write and set again. */
  readonly liftsImmutable: boolean;
}

/** Makes a file where nothing is, and the folders above it that are missing. */
export interface CreateFile {
  readonly kind: 'create-file';
  readonly path: TreePath;
  readonly content: Uint8Array;
  readonly attributes: FileAttributes;
  /** From the outside in. */
  readonly folders: readonly NewFolder[];
  readonly effects: readonly Effect[];
}

/** A folder that is made, or was. */
export interface NewFolder {
  readonly path: TreePath;
  readonly attributes: FileAttributes;
}

/** Takes a file away, and folders that are empty then. */
export interface RemoveFile {
  readonly kind: 'remove-file';
  readonly path: TreePath;
  /** What the file must still be, else plan-stale. */
  readonly before: Digest;
  /** What it is made again with. */
  readonly attributes: FileAttributes;
  /** From the outside in. */
  readonly folders: readonly NewFolder[];
  readonly effects: readonly Effect[];
}

/** Gives a file another name on the same volume, where nothing has that name yet; everything else about it stays. */
export interface MoveFile {
  readonly kind: 'move-file';
  readonly path: TreePath;
  readonly to: TreePath;
  /** What the file must still be, else plan-stale. */
  readonly digest: Digest;
  readonly effects: readonly Effect[];
}

/** Writes some bytes over others in the middle of a file that is too large to be replaced; its length stays. */
export interface PatchFile {
  readonly kind: 'patch-file';
  readonly path: TreePath;
  readonly offsetBytes: number;
  /** What must still stand there, else plan-stale. */
  readonly before: Digest;
  readonly content: Uint8Array;
  readonly effects: readonly Effect[];
}

/** Gives a file its SELinux label (security.selinux). */
export interface SetLabel {
  readonly kind: 'set-label';
  readonly path: TreePath;
  /** What it must still have, else plan-stale; undefined for none. */
  readonly before?: string;
  /** Undefined takes the label away, as when its making is undone. */
  readonly label?: string;
  readonly effects: readonly Effect[];
}

export type Risk = 'none' | 'reversible' | 'irreversible';

/** How bad a change can turn out; derived, never stored. */
export const riskOf = (change: Change): Risk => {
  switch (change.kind) {
    case 'write-file':
    case 'create-file':
    case 'remove-file':
    case 'move-file':
    case 'patch-file':
    case 'set-label':
      return 'reversible';
  }
};

/** chattr +i on a file that is replaced: only there it has to be lifted. */
export const liftsImmutable = (change: Change): boolean => change.kind === 'write-file' && change.liftsImmutable;

/** What a person should know about a plan, or about a scan. Warnings never block. */
export interface NoticeDetails {
  'password-short': { length: number };
  'password-common': Record<never, never>;
  'password-non-ascii': Record<never, never>;
  'password-beyond-72-bytes': Record<never, never>;
  'password-padded': Record<never, never>;
  'account-note': { user: string; note: AccountNote };
  'tokens-stay': { user: string };
  'keyring-keeps-old': { user: string };
  'clock-absurd': Record<never, never>;
  /** With a wrong clock there is no telling whether the account has expired; `date` is YYYY-MM-DD. */
  'may-have-expired': { user: string; date: string };
  'journal-replay': { selector: string };
  /** One of the two copies of a disk's GPT is gone. */
  'one-table-copy': { path: string };
  /** A RAID that works without some of its disks. */
  'raid-degraded': { name: string; present: number; devices: number };
  /** The file that is changed lies on another volume than the system's root. */
  'lies-elsewhere': { selector: string; root: string };
  /** `/home` and the like, which the system's fstab puts on something that is not here, or cannot be opened. */
  'accounts-elsewhere': { system: string; where: ElsewhereKind; users: readonly string[] };
  'part-missing': { system: string; at: TreePath; source: string; reason: MissingPartReason };
  'banned-addresses': { path: TreePath; count: number };
  'root-ssh': Record<never, never>;
  'no-ssh-server': Record<never, never>;
  'ssh-setting': { user: string; path: TreePath; line: number; setting: string };
  'strict-modes': { user: string; path: TreePath };
  'key-restricted': { path: TreePath };
  'config-stick': Record<never, never>;
  'rewritten-at-boot': { system: string };
  /** What is left to do on a Session Smart Router for users that it keeps itself; the names of both nodes of a pair. */
  'router-users-next': { users: readonly string[]; nodes: readonly string[] };
  'type-name-as-stored': { user: string };
  /** Several names that fold alike, and no telling which of them the login will take. */
  'set-for-namesakes': { users: readonly string[] };
  /** Spelled differently today, one name after an update. */
  'names-become-one': { user: string; others: readonly string[] };
  'last-entry-counts': { user: string };
  /** Whom a login becomes, and whom the credential that is spelled exactly so belongs to. */
  'other-person': { user: string; person: string; exact: string };
  'login-makes-person': { user: string };
  'other-data-disk': { selector: string; label: string };
  'volume-mounted': { selector: string; mountPoints: readonly string[] };
  'cannot-look': { selector: string; error: KnownError };
  /** A look went on where something could not be read; `error`: the first of these. */
  'partly-unread': { selector: string; error: KnownError };
  'needs-fsck': { selector: string };
  'profile-failed': { profile: string; selector: string; reason: string };
  'accounts-failed': { system: string; error: unknown };
  'corrupt-store-beside': { path: TreePath };
  'can-undo': { id: string; selector: string; purpose: RunPurpose };
  'was-interrupted': { id: string; selector: string };
  'journal-unreadable': { id: string; selector: string };
  'overwrites-newer': { path: TreePath };
}

/**
 * Why a part of a system's tree cannot be looked into. `absent`: no such volume is here; `ambiguous`: several have that
 * name; `in-use`; `network`: it is on another machine; `unopened`: its volume cannot be opened here; `unnamed`: it is
 * named in a way that only holds while that system runs.
 */
export type MissingPartReason = 'absent' | 'ambiguous' | 'in-use' | 'network' | 'unopened' | 'unnamed';

export type NoticeCode = keyof NoticeDetails;

export type Notice = { [C in NoticeCode]: { readonly code: C; readonly details: NoticeDetails[C] } }[NoticeCode];

/** What a run was for, as its journal says: an operation and its facts. operations/purpose.ts knows which there are. */
export interface RunPurpose {
  readonly task: string;
  readonly [fact: string]: string | readonly string[];
}
