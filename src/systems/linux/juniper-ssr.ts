import { parseSsrIdentity, parseSsrUsers, type SsrIdentity } from '../../formats/ssr.ts';
import type { Account } from '../../model/account.ts';
import { isRescueError, RescueError } from '../../model/errors.ts';
import type { Notice } from '../../model/plan.ts';
import type { AccountStore, SystemProfile } from '../../model/system.ts';
import type { Tree, TreePath } from '../../model/tree.ts';
import { kindAt, readIfPossible } from '../look.ts';
import { join } from '../paths.ts';
import { linuxAccounts } from './accounts.ts';
import { linuxChecks } from './checks/index.ts';
import { readHostname } from './hostname.ts';
import { linuxKeys } from './keys.ts';
import { linuxLandmarks } from './landmarks.ts';
import { readRelease } from './release.ts';

const globalInit = 'etc/128technology/global.init';
const localInit = 'etc/128technology/local.init';
const userFile = 'var/lib/128technology/user-running.json';

/** What a file says, or undefined where it is missing or no JSON: the system is a Linux all the same. */
const orUndefined = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch (error) {
    if (isRescueError(error)) return undefined;
    throw error;
  }
};

const readIdentity = async (tree: Tree, home: TreePath): Promise<SsrIdentity | undefined> => {
  const [global, local] = await Promise.all(
    [globalInit, localInit].map(async (file) => {
      const path = join(home, file);
      const bytes = await readIfPossible(tree, path);
      return bytes && { path, bytes };
    }),
  );
  return global && orUndefined(() => parseSsrIdentity(global, local));
};

/** Undefined where the file is missing or damaged: then whom the router will write anew is not known. */
const readOwnUsers = async (tree: Tree, home: TreePath): Promise<readonly string[] | undefined> => {
  const path = join(home, userFile);
  const bytes = await readIfPossible(tree, path);
  return bytes && orUndefined(() => parseSsrUsers(bytes, path));
};

/** The account with which people work on the Linux below. */
const linuxUser = 't128';

/**
 * The accounts of its Linux. Some are the router's own: it writes them anew at every start, so that a password that is set
 * on the disk would be lost.
 */
const accounts: AccountStore = {
  ...linuxAccounts,
  list: async (tree, home, ...times) =>
    withOwners(await linuxAccounts.list(tree, home, ...times), (await readOwnUsers(tree, home)) ?? []),
  listOthers: async (tree, home, ...times) =>
    withOwners(
      (await linuxAccounts.listOthers?.(tree, home, ...times)) ?? [],
      (await readOwnUsers(tree, home)) ?? [],
      true,
    ),

  setPassword: async (tree, home, account, password, options) => {
    const [users, identity] = [await readOwnUsers(tree, home), await readIdentity(tree, home)];
    const nodes = identity?.nodes ?? [];
    const { name } = account;
    if (users?.includes(name)) throw new RescueError('router-owned', { user: name, nodes });
    const set = await linuxAccounts.setPassword(tree, home, account, password, options);
    const warnings: Notice[] = [...set.warnings];
    if (users === undefined && name !== linuxUser && name !== 'root')
      warnings.push({ code: 'rewritten-at-boot', details: { system: '128T' } });
    if (name === linuxUser && users !== undefined && users.length > 0)
      warnings.push({ code: 'router-users-next', details: { users, nodes } });
    return { ...set, warnings };
  },
};

/** @param addsMissing those that Linux does not know yet are listed as well, so that their names are found */
const withOwners = (listed: readonly Account[], users: readonly string[], addsMissing = false): readonly Account[] => {
  const marked = listed.map((account) =>
    users.includes(account.name) ? { ...account, notes: [...account.notes, 'router-owned' as const] } : account,
  );
  if (!addsMissing) return marked;
  const known = new Set(listed.map(({ name }) => name));
  const missing = users.filter((name) => !known.has(name));
  return [
    ...marked,
    ...missing.map(
      (name): Account => ({
        ...{ name, realm: 'linux', isAdministrator: false, isOwner: false, login: 'password', notes: ['router-owned'] },
      }),
    ),
  ];
};

/** Juniper's Session Smart Router (128T): a CentOS-like Linux with a router, or a conductor, on it. */
export const juniperSsr: SystemProfile = {
  id: 'juniper-ssr',
  supersedes: ['rhel', 'fedora', 'linux'],
  accounts,
  keys: linuxKeys,
  loginChecks: linuxChecks,
  landmarks: linuxLandmarks,

  async detect({ tree }) {
    const root: TreePath = '/';
    const release = await readRelease(tree, root);
    if (!release) return [];
    const identity = await readIdentity(tree, root);
    const isInstalled = identity ?? (await kindAt(tree, join(root, userFile)));
    if (!isInstalled) return [];
    const title = identity?.role === 'conductor' ? 'Session Smart Conductor' : 'Session Smart Router';
    const called = [identity?.name, identity?.node].filter((each) => each !== undefined);
    const hostname = await readHostname(tree, root);
    return [
      {
        name: called.length > 0 ? `Juniper ${title} (${called.join(', ')})` : `Juniper ${title}`,
        home: root,
        ...(hostname === undefined ? {} : { hostname }),
      },
    ];
  },
};
