import type { Account } from './account.ts';
import type { Edit, ReplacingEdit } from './edit.ts';
import type { AccountsElsewhere } from './elsewhere.ts';
import type { LoginChecks } from './finding.ts';
import type { Notice } from './plan.ts';
import type { PublicKey } from './public-key.ts';
import type { NewPassword } from './secret.ts';
import type { Volume } from './storage.ts';
import type { Tree, TreePath } from './tree.ts';

export type ProfileId =
  | 'haos'
  | 'home-assistant-supervised'
  | 'home-assistant-container'
  | 'home-assistant-core'
  | 'juniper-ssr'
  | 'debian'
  | 'ubuntu'
  | 'raspberry-pi-os'
  | 'fedora'
  | 'rhel'
  | 'suse'
  | 'arch'
  | 'alpine'
  | 'alpine-diskless'
  | 'ubuntu-core'
  | 'unraid'
  | 'linux';

/** A folder of a volume. */
export interface Layer {
  readonly volume: Volume;
  readonly folder: TreePath;
}

/**
 * What stands at a path of a system's tree: a folder of a volume, or several that lie over each other (overlayfs),
 * topmost first, of which only that one is written to. None: it belongs to the system, and is on no disk that could be
 * opened; then nothing is there, whatever stands below it.
 */
export interface Piece {
  readonly at: TreePath;
  readonly layers: readonly Layer[];
}

/** Where a detector looks: one volume, and on demand the others of the same disk (an OS slot beside a data volume). */
export interface Place {
  readonly volume: Volume;
  readonly tree: Tree;
  /** The volumes of the same disk, this one included. */
  readonly siblings: readonly Volume[];
  /** Runs `action` on a sibling's tree; undefined where that volume cannot be looked into. */
  withSibling<T>(volume: Volume, action: (tree: Tree) => Promise<T>): Promise<T | undefined>;
}

/** What was found. */
export interface Detection {
  /** As people call it: "Debian GNU/Linux", "Home Assistant OS". */
  readonly name: string;
  readonly version?: string;
  /** What people call this machine, where it has a name of its own. */
  readonly hostname?: string;
  readonly elsewhere?: readonly AccountsElsewhere[];
  /** Where the system's accounts stand in the tree: `/` for Linux, the configuration folder for Home Assistant. */
  readonly home: TreePath;
  /** What belongs to its tree beside what its root and its fstab say. */
  readonly pieces?: readonly Piece[];
  readonly notices?: readonly Notice[];
}

/** What a system of this kind can do. Absent means: not offered. */
export interface Capabilities {
  readonly accounts: AccountStore;
  /** Who gets in with a key. */
  readonly keys: KeyStore;
  /** What keeps people out although their password is right. */
  readonly loginChecks: LoginChecks;
  /** Locks on accounts, and more that checks find, can be lifted. */
  readonly locks: LoginChecks;
  /** Where people's files are, most wanted first. */
  readonly landmarks: readonly Landmark[];
  /** The backups that it made of itself. */
  readonly backups: BackupStore;
}

/** What people come for when they want files back; text/ has the words. */
export type LandmarkName =
  | 'configuration'
  | 'backups'
  | 'media'
  | 'share'
  | 'home-folders'
  | 'root-folder'
  | 'settings'
  | 'web-sites'
  | 'services'
  | 'conductor';

/** A well-known place, or several that belong together. */
export interface Landmark {
  readonly name: LandmarkName;
  /** Absolute in the tree, or from the detection's `home` on: `.`, `../backup`. */
  readonly paths: readonly string[];
}

export interface SetPasswordOptions {
  /** Lift a lock that stands on the account. Without it a locked account is refused, never unlocked silently. */
  readonly unlock: boolean;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** When the volume was last written, by its superblock: a clock that is behind it is wrong. */
  readonly writtenAtMs?: number;
  /** Fresh random bytes, for salts. */
  readonly randomBytes: (count: number) => Uint8Array;
}

/** The accounts of one installed system; `home` is its Detection's. */
export interface AccountStore {
  /**
   * @param nowMs milliseconds since 1970: whether an account has expired is a question of today
   * @param writtenAtMs when the volume was last written, by its superblock: a clock that is behind it is wrong
   * @throws RescueError file-corrupt, store-version and what Tree throws
   */
  list(tree: Tree, home: TreePath, nowMs: number, writtenAtMs?: number): Promise<readonly Account[]>;
  /**
   * The accounts beside those: services, and people whose ids are not in the range for people. They are not shown, but
   * found when somebody types their name exactly. @throws RescueError as `list`
   */
  listOthers?(tree: Tree, home: TreePath, nowMs: number, writtenAtMs?: number): Promise<readonly Account[]>;
  /** How a typed name is compared with a stored one, beyond spelling it exactly. */
  isSameName(typed: string, stored: string): boolean;
  /** The edits that set a password, and what the person should know. @throws RescueError account-locked, hash-unusable, … */
  setPassword(
    tree: Tree,
    home: TreePath,
    account: Account,
    password: NewPassword,
    options: SetPasswordOptions,
  ): Promise<{ readonly edits: readonly ReplacingEdit[]; readonly warnings: readonly Notice[] }>;
  /** Whether the stored hash, read afresh, accepts the password, or is the hash that was given. */
  accepts(tree: Tree, home: TreePath, account: Account, password: NewPassword): Promise<boolean>;
}

/** The public keys that open accounts of one installed system; `home` is its Detection's. */
export interface KeyStore {
  /**
   * The edits that let a key in, none where it is in already, and what the person should know.
   * @throws RescueError keys-refused, keys-unsafe, home-missing, no-such-account
   */
  authorize(
    tree: Tree,
    home: TreePath,
    account: Account,
    key: PublicKey,
  ): Promise<{ readonly edits: readonly Edit[]; readonly warnings: readonly Notice[] }>;
  /** Accounts that only a key opens. They are not shown, but found when somebody types their name exactly. */
  listOthers?(tree: Tree, home: TreePath): Promise<readonly Account[]>;
  /** Whether the key, read afresh, stands where the server looks for it. */
  isAuthorized(tree: Tree, home: TreePath, account: Account, key: PublicKey): Promise<boolean>;
}

/** The backups of one installed system; `home` is its Detection's. */
export interface BackupStore {
  /** Where they may lie. */
  foldersOf(home: TreePath): readonly TreePath[];
  /** The key that new backups are encrypted with, where the system keeps one. */
  readKey(tree: Tree, home: TreePath): Promise<string | undefined>;
  /** The version that the system last ran, for a backup that has lost its own description. */
  readVersion(tree: Tree, home: TreePath): Promise<string | undefined>;
}

/** A kind of installed system: one folder under systems/. */
export interface SystemProfile extends Partial<Capabilities> {
  readonly id: ProfileId;
  /** Profiles that this one, being more specific, replaces where both detect the same home. */
  readonly supersedes?: readonly ProfileId[];
  /** May find several (two containers on one volume). */
  detect(place: Place): Promise<readonly Detection[]>;
}

/** An installed system, as scan shows it. */
export interface InstalledSystem {
  /** `debian@sdb2`; unique within a scan, and a selector. */
  readonly id: string;
  readonly profile: SystemProfile;
  readonly detection: Detection;
  /** Its root is there. */
  readonly volume: Volume;
  /** All that its tree is put together from, `/` first. */
  readonly pieces: readonly Piece[];
  readonly accounts: readonly Account[];
  /** Not shown, but found under their exact names. */
  readonly otherAccounts?: readonly Account[];
}
