import type { Account } from './account.ts';
import type { Edit } from './edit.ts';
import type { Volume } from './storage.ts';
import type { Tree, TreePath } from './tree.ts';

/** A way in, or, as `start`, what every way in needs: that the machine comes up. */
export type Door = 'console' | 'desktop' | 'ssh-password' | 'ssh-key' | 'sudo' | 'web' | 'start';

/**
 * How sure a finding is.
 * - `certain`: as the files stand, it is so.
 * - `likely`: so, unless something that the disk does not show is unusual.
 * - `possible`: the disk alone cannot tell.
 */
export type Certainty = 'certain' | 'likely' | 'possible';

/** What was found, with the facts that its sentence needs; text/ has the sentences. */
export interface FindingDetails {
  /** `hasHash`: a password stands behind the lock, and counts again once it is lifted. */
  'password-locked': { user: string; hasHash: boolean };
  /** What stands in the password's place is no hash at all. */
  'password-unusable': { user: string };
  'no-password': { user: string };
  /** `scheme` as formats/crypt-hash.ts names it; `libc`: what would have to know it. */
  'hash-unknown': { user: string; scheme: string; libc: string };
  /** `date`: YYYY-MM-DD, where a calendar holds it. */
  'account-expired': { user: string; date?: string };
  'password-too-old': { user: string };
  'password-change-due': { user: string };
  'shell-refuses': { user: string; shell: string };
  'shell-missing': { user: string; shell: string };
  'shell-not-listed': { user: string; shell: string };
  'no-shadow-line': { user: string };
  'home-missing': { user: string; home: string };
  'home-not-own': { user: string; home: string; uid: number };
  /** `until`: when the lock opens by itself, milliseconds since 1970. */
  faillock: { user: string; failures: number; until?: number };
  'login-tally': { user: string; failures: number };
  'nologin-file': Record<never, never>;
  /** `copy`: an older copy that can take its place. */
  'shadow-missing': { copy?: TreePath };
  'shadow-empty': { copy?: TreePath };
  'web-user-inactive': { user: string };
  'web-local-only': { user: string };
  'web-two-factor': { user: string };
  'banned-addresses': { count: number };
}

export type FindingCode = keyof FindingDetails;

/** Something that keeps a door shut, or makes it harder to go through. */
export type Finding = { [C in FindingCode]: FindingBase & CodeAndDetails<C> }[FindingCode];

interface CodeAndDetails<C extends FindingCode> {
  readonly code: C;
  readonly details: FindingDetails[C];
}

export interface FindingBase {
  /** What a person types to have it cured: the code, with something behind it where one code is found twice. */
  readonly id: string;
  readonly doors: readonly Door[];
  /** The doors stay shut; otherwise they open, but not as one would wish. */
  readonly isShut: boolean;
  readonly certainty: Certainty;
  /** Where it stands; lines count from 1. */
  readonly path?: TreePath;
  readonly line?: number;
  readonly cure?: Cure;
}

/** What takes a finding away: changes like all others, with plan, consent, journal and undo. */
export interface Cure {
  readonly edits: readonly Edit[];
  /** It lifts a lock on one account, and changes nothing for anybody else: what `fix --user` offers by itself. */
  readonly isOwnLock: boolean;
}

/** What checks look at. */
export interface CheckSubject {
  readonly tree: Tree;
  /** The system's, as its Detection says. */
  readonly home: TreePath;
  readonly volume: Volume;
  /** Everything that could be mounted, on every disk that was looked at. */
  readonly volumes: readonly Volume[];
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** What keeps people out of one kind of system. Nothing is written to find it. */
export interface LoginChecks {
  /** What keeps everybody out, or the machine from starting. @throws RescueError what Tree throws */
  ofSystem(subject: CheckSubject): Promise<readonly Finding[]>;
  /** What keeps one account out. @throws RescueError what Tree throws */
  ofAccount(subject: CheckSubject, account: Account): Promise<readonly Finding[]>;
}
