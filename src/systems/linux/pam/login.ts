import type { GroupEntry } from '../../../formats/group.ts';
import type { PasswdEntry } from '../../../formats/passwd.ts';
import type { PasswordField } from '../../../formats/password-field.ts';
import type { Tree, TreePath } from '../../../model/tree.ts';

/** Somebody who logs in, and everything that modules ask about him. */
export interface PamUser {
  readonly passwd: PasswdEntry;
  /** Those that he is in. */
  readonly groups: readonly GroupEntry[];
  readonly password: PasswordField;
  /** shadow has a line for him, or the hash stands in passwd. */
  readonly hasLine: boolean;
  /** What pam_unix says of expiry and ageing. */
  readonly age: 'fine' | 'change' | 'closed' | 'expired';
  /** Locked by failed logins that outlive a restart. */
  readonly isLockedOut: boolean;
}

/** A login through one door, with the right password. */
export interface PamLogin {
  readonly tree: Tree;
  readonly home: TreePath;
  readonly service: string;
  readonly user: PamUser;
  /** `tty1`; `ssh` for sshd. Undefined where a program does not say. */
  readonly tty: string | undefined;
  /** Where it comes from, as far as known; undefined for a login at the machine itself. */
  readonly remote: { readonly host?: string } | undefined;
  /** The one who asks, where that is another: su. */
  readonly caller?: { readonly uid: number; readonly groups: readonly GroupEntry[] };
  /** No password is asked for: a key has opened the door, and only the account is judged. */
  readonly hasKey?: boolean;
  /** The modules that are installed; undefined where that is not known. */
  readonly modules: ReadonlySet<string> | undefined;
}
