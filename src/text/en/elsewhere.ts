import type { ElsewhereKind } from '../../model/elsewhere.ts';
import { listed } from '../names.ts';

/** Where accounts are that are not on the disk, and what to do. */
export const elsewhere: Readonly<Record<ElsewhereKind, (users: readonly string[]) => string>> = {
  homed: (users) =>
    `systemd-homed keeps ${listed(users, 'some of them')} together with an encrypted home, which a password from outside would not open. Log in as another administrator and run \`homectl passwd NAME\`; it asks for the old password or the recovery key.`,
  sssd: () =>
    'Some of them come from a server (SSSD: Active Directory, LDAP or FreeIPA), and so do their passwords. Have them set there; root and other local accounts can be changed here.',
  ldap: () =>
    'Some of them come from an LDAP server, and so do their passwords. Have them set there; root and other local accounts can be changed here.',
  winbind: () =>
    'Some of them come from a Windows domain (winbind), and so do their passwords. Have them set there; root and other local accounts can be changed here.',
  nis: () =>
    'Some of them come from a NIS server, and so do their passwords. Have them set there; root and other local accounts can be changed here.',
  declared: () =>
    'They stand in the configuration of NixOS (users.mutableUsers = false), which writes them anew at every start. Change them there: start an older generation or the NixOS installer, set hashedPassword, and rebuild.',
  'ubuntu-core': () =>
    'Ubuntu Core has no passwords: people come in over SSH with the keys of their Ubuntu One account. Add a key there and start “Recover” from its own boot menu, or install it anew.',
  diskless: () =>
    'Alpine runs from memory here and unpacks its accounts from the .apkovl.tar.gz at every start. Start it without that file, set it up, and commit it anew; or put your key or hash into its etc by hand.',
  overlay: () =>
    'This root is read-only by nature, and what was changed since lies over it, on a volume that was not found here. Connect the whole disk, or reset the device to its factory settings.',
};
