import { decodeBytes } from '../../formats/bytes.ts';
import type { AccountsElsewhere } from '../../model/elsewhere.ts';
import type { Tree, TreePath } from '../../model/tree.ts';
import { kindAt, listIfPossible, readIfPossible } from '../look.ts';
import { join } from '../paths.ts';

/** Names shown of what is a hint only. */
const namesShown = 20;
const filesLookedAt = 30;

/** Where accounts of this system are kept beside /etc/passwd; a password that is set there is not theirs. */
export const readElsewhere = async (tree: Tree, home: TreePath): Promise<readonly AccountsElsewhere[]> => {
  const found: AccountsElsewhere[] = [];
  const users = await homedUsers(tree, home);
  if (users.length > 0) found.push({ kind: 'homed', users });
  if (await isDeclared(tree, home)) found.push({ kind: 'declared', users: [] });
  const bytes = (await readIfPossible(tree, join(home, 'etc/nsswitch.conf'))) ?? new Uint8Array();
  const services = passwdServices(decodeBytes(bytes));
  for (const { kind, service, sign } of directories)
    if (services.some((each) => service.test(each)) && (await kindAt(tree, join(home, sign))) !== undefined)
      found.push({ kind, users: [] });
  return found;
};

/** systemd-homed keeps one file for each account (systemd-homed.service(8)). */
const homedUsers = async (tree: Tree, home: TreePath): Promise<readonly string[]> =>
  (await listIfPossible(tree, join(home, 'var/lib/systemd/home')))
    .flatMap(({ name, kind }) =>
      kind === 'file' && name.endsWith('.identity') ? [name.slice(0, -'.identity'.length)] : [],
    )
    .slice(0, namesShown);

/** NixOS writes its accounts from its configuration where that says so (NixOS manual, "User Management"). */
const isDeclared = async (tree: Tree, home: TreePath): Promise<boolean> => {
  const folder = join(home, 'etc/nixos');
  const names = (await listIfPossible(tree, folder)).map(({ name }) => name).filter((name) => name.endsWith('.nix'));
  for (const name of names.slice(0, filesLookedAt)) {
    const text = decodeBytes((await readIfPossible(tree, join(folder, name))) ?? new Uint8Array());
    if (/^[^#\n]*\bmutableUsers\s*=\s*false\b/m.test(text)) return true;
  }
  return false;
};

/** Who is asked for accounts, and what has to be set up for that to have an answer (nsswitch.conf(5)). */
const directories: readonly {
  readonly kind: AccountsElsewhere['kind'];
  readonly service: RegExp;
  readonly sign: string;
}[] = [
  { kind: 'sssd', service: /^sss$/, sign: 'etc/sssd/sssd.conf' },
  { kind: 'ldap', service: /^ldap$/, sign: 'etc/nslcd.conf' },
  { kind: 'ldap', service: /^ldap$/, sign: 'etc/ldap.conf' },
  { kind: 'winbind', service: /^winbind$/, sign: 'etc/samba/smb.conf' },
  { kind: 'nis', service: /^nis(plus)?$|^compat$/, sign: 'etc/yp.conf' },
];

/** `passwd: files sss [NOTFOUND=return] systemd` */
const passwdServices = (text: string): readonly string[] => {
  const [, list = ''] = /^[ \t]*passwd:([^#\n]*)/m.exec(text) ?? [];
  return list
    .replace(/\[[^\]]*\]/g, ' ')
    .split(/\s+/)
    .filter((word) => word !== '');
};
