/**
 * Where accounts are that cannot be changed on the disk, or not for good. `homed`: with their encrypted homes, by
 * systemd-homed. `sssd`, `ldap`, `winbind`, `nis`: on a server. `declared`: in the configuration of NixOS, which writes
 * them anew. `ubuntu-core`: nowhere, its people have keys alone. `diskless`: in an archive that is unpacked into memory.
 * `overlay`: in what lies over a root that is read-only by nature, and was not found.
 */
export type ElsewhereKind =
  | 'homed'
  | 'sssd'
  | 'ldap'
  | 'winbind'
  | 'nis'
  | 'declared'
  | 'ubuntu-core'
  | 'diskless'
  | 'overlay';

export interface AccountsElsewhere {
  readonly kind: ElsewhereKind;
  /** Whose, where that is known. */
  readonly users: readonly string[];
}
