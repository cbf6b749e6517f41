/** Why an account cannot, or can only in part, be logged in to; shown beside its name. */
export type AccountNote =
  | 'locked'
  | 'expired'
  | 'password-expired'
  | 'no-login-shell'
  | 'key-only'
  | 'no-password'
  | 'duplicate-name'
  | 'hash-in-passwd'
  | 'inactive'
  | 'router-owned'
  | 'local-only'
  | 'two-factor'
  | 'other-person'
  | 'unlinked';

/** What opens the account today. */
export type Login = 'password' | 'key' | 'nothing' | 'anyone';

/** A way to log in to an installed system. */
export interface Account {
  /** As stored, byte for byte (non-UTF-8 bytes as lone surrogates). */
  readonly name: string;
  readonly realm: 'linux' | 'home-assistant';
  readonly displayName?: string;
  readonly isAdministrator: boolean;
  readonly isOwner: boolean;
  readonly login: Login;
  readonly notes: readonly AccountNote[];
}
