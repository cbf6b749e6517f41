import { type GroupEntry, parseGroup } from '../../formats/group.ts';
import { type LoginDefs, parseLoginDefs } from '../../formats/login-defs.ts';
import { type PasswdEntry, parsePasswd } from '../../formats/passwd.ts';
import { parseShadow, type ShadowEntry } from '../../formats/shadow.ts';
import type { Tree, TreePath } from '../../model/tree.ts';
import { readIfPossible } from '../look.ts';
import { join } from '../paths.ts';

/** The account files of one Linux, read afresh. */
export interface AccountFiles {
  readonly passwdPath: TreePath;
  readonly shadowPath: TreePath;
  readonly passwdBytes: Uint8Array;
  /** Undefined on a system without shadow passwords. */
  readonly shadowBytes: Uint8Array | undefined;
  readonly passwd: readonly PasswdEntry[];
  readonly shadow: readonly ShadowEntry[];
  readonly groups: readonly GroupEntry[];
  readonly loginDefs: LoginDefs;
}

const nothing = new Uint8Array();

/** @throws RescueError what Tree throws on passwd and shadow */
export const readAccountFiles = async (tree: Tree, home: TreePath): Promise<AccountFiles> => {
  const passwdPath = join(home, 'etc/passwd');
  const shadowPath = join(home, 'etc/shadow');
  const passwdBytes = (await tree.read(passwdPath)) ?? nothing;
  const shadowBytes = await tree.read(shadowPath);
  return {
    passwdPath,
    shadowPath,
    passwdBytes,
    shadowBytes,
    passwd: parsePasswd(passwdBytes),
    shadow: parseShadow(shadowBytes ?? nothing),
    groups: parseGroup((await readIfPossible(tree, join(home, 'etc/group'))) ?? nothing),
    loginDefs: parseLoginDefs(
      (await readIfPossible(tree, join(home, 'etc/login.defs'))) ??
        (await readIfPossible(tree, join(home, 'usr/etc/login.defs'))),
    ),
  };
};

/** Where the hash of an account stands. Of several lines with one name the first counts, as in getpwnam(3). */
export interface Credential {
  readonly passwd: PasswdEntry;
  readonly shadow: ShadowEntry | undefined;
  /** Passwd's second field is not `x`: the hash stands there, and shadow is not asked (passwd(5)). */
  readonly isInPasswd: boolean;
  readonly field: string;
}

/** What stands in passwd where the hash is in shadow. It is no hash, and so also says it for a missing shadow line. */
const shadowed = 'x';

/** A finder of credentials by name. */
export const credentialFinder = ({ passwd, shadow }: AccountFiles): ((name: string) => Credential | undefined) => {
  const firstPasswd = firstByName(passwd);
  const firstShadow = firstByName(shadow);
  return (name) => {
    const entry = firstPasswd.get(name);
    if (!entry) return undefined;
    const isInPasswd = entry.password !== shadowed;
    const shadowEntry = isInPasswd ? undefined : firstShadow.get(name);
    const field = isInPasswd ? entry.password : (shadowEntry?.hash ?? shadowed);
    return { passwd: entry, shadow: shadowEntry, isInPasswd, field };
  };
};

const firstByName = <T extends { readonly name: string }>(entries: readonly T[]): ReadonlyMap<string, T> =>
  new Map([...entries].reverse().map((entry) => [entry.name, entry]));

/** The names of all groups that somebody is in: the one in passwd, and those that list the name (getgrouplist(3)). */
export const groupsOf = ({ groups }: AccountFiles, { name, gid }: PasswdEntry): readonly string[] =>
  groups.filter((group) => group.gid === gid || group.members.includes(name)).map((group) => group.name);
