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
  /** Nobody gets in over SSH: sshd does not start with the line that `text` quotes. */
  'sshd-config-broken': { text: string };
  /** Files that include one another: sshd does not start. */
  'sshd-config-loop': Record<never, never>;
  /** More than is looked at. */
  'sshd-config-large': Record<never, never>;
  /** `unit`: what systemd would have to start. */
  'ssh-not-started': { unit: string; hasSwitch: boolean };
  /** What its command line says wins over its files. */
  'ssh-start-options': { options: string };
  /** Another SSH server than OpenSSH's. */
  'ssh-other-server': { program: TreePath };
  /** `setting`: as it stands in sshd_config, or would stand there where it is sshd's default. */
  'ssh-setting': { user: string; setting: string };
  /** `isDenied`: a list of those who may not names him; otherwise one of those who may does not. */
  'ssh-list': { user: string; setting: string; isDenied: boolean };
  'ssh-methods': { user: string; setting: string };
  /** sshd does not ask PAM, and refuses keys as well for a locked password. */
  'ssh-locked': { user: string };
  'ssh-forced-command': { user: string; command: string };
  /** `file`: what StrictModes finds fault with; it is the finding's path, or a folder above it. */
  'ssh-keys-loose': { user: string; file: TreePath; isFolder: boolean };
  'ssh-keys-unreadable': { user: string; file: TreePath };
  /** Rules of modules of Linux-PAM; `module`: `pam_access.so`. */
  'access-rule': { user: string };
  'access-list': { user: string; isListed: boolean };
  'time-rule': { user: string };
  'terminal-not-listed': { user: string; terminal: string };
  'pam-condition': { user: string; condition: string };
  'pam-denies': { user: string; module: string };
  'pam-missing': { module: string };
  'pam-unknown': { user: string; module: string };
  'sudo-other-password': Record<never, never>;
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

/** A door that a system has. `missing`: it is none for this account, and nothing is wrong with that. */
export interface DoorThere {
  readonly door: Door;
  readonly missing?: 'no-key' | 'no-sudo-rule';
}

/** How a door stands for an account that comes with the right password, or the right key. */
export type DoorState = {
  readonly door: Door;
  /** What keeps it shut, what it hangs on, or what else to know of it. */
  readonly because: readonly Finding[];
} & (
  | { readonly state: 'open' | 'shut' | 'unknown'; readonly missing?: undefined }
  | { readonly state: 'missing'; readonly missing: NonNullable<DoorThere['missing']> }
);

/** How each door stands, by what was found. */
export const doorStates = (doors: readonly DoorThere[], findings: readonly Finding[]): readonly DoorState[] =>
  doors.map(({ door, missing }) => {
    if (missing !== undefined) return { door, state: 'missing', missing, because: [] };
    const there = findings.filter((finding) => finding.doors.includes(door));
    const shut = there.filter(({ isShut, certainty }) => isShut && certainty !== 'possible');
    if (shut.length > 0) return { door, state: 'shut', because: shut };
    const perhaps = there.filter(({ isShut }) => isShut);
    if (perhaps.length > 0) return { door, state: 'unknown', because: perhaps };
    return { door, state: 'open', because: there };
  });

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
  /** The doors that the system has, as one account meets them. @throws RescueError what Tree throws */
  doors?(subject: CheckSubject, account: Account): Promise<readonly DoorThere[]>;
}
