import { bcryptAccepts, bcryptHash } from '../../formats/bcrypt.ts';
import { decodeBytes, encodeBytes } from '../../formats/bytes.ts';
import { normalName } from '../../formats/casefold.ts';
import { cryptScheme } from '../../formats/crypt-hash.ts';
import {
  type AuthStore,
  type ProviderStore,
  type ProviderUser,
  parseAuthStore,
  parseProviderStore,
  parseTwoFactorUsers,
  providerHash,
  withProviderPassword,
} from '../../formats/home-assistant.ts';
import { entriesFor, joinAccounts, nameComparisons } from '../../formats/home-assistant-login.ts';
import type { ReplacingEdit } from '../../model/edit.ts';
import { isRescueError, RescueError } from '../../model/errors.ts';
import { type NewPassword, PasswordHash } from '../../model/secret.ts';
import type { AccountStore } from '../../model/system.ts';
import type { Tree, TreePath } from '../../model/tree.ts';
import { readIfPossible } from '../look.ts';
import { join, parentOf } from '../paths.ts';
import { readVersion, storagePath } from './config-folder.ts';
import { warningsFor } from './warnings.ts';

export interface Installation {
  /** A Supervisor keeps its data around the configuration folder, and app logins in it. */
  readonly hasSupervisor: boolean;
}

/** `auth` grows with every session that was ever opened. */
const authLimitBytes = 16 * 1024 * 1024;
const twoFactorModules = ['auth_module.totp', 'auth_module.notify'];

/** The users of Home Assistant's own password login, in a configuration folder. */
export const homeAssistantAccounts = ({ hasSupervisor }: Installation): AccountStore => ({
  async list(tree, home) {
    const { users } = (await readProviderStore(tree, home)) ?? { users: [] };
    const [auth, twoFactorUsers] = [await readAuthStore(tree, home), await readTwoFactorUsers(tree, home)];
    return joinAccounts(users, auth, twoFactorUsers, await readVersion(tree, home));
  },

  isSameName: (typed, stored) => normalName(typed) === normalName(stored),

  async setPassword(tree, home, account, secret, { randomBytes }) {
    const path = providerPath(home);
    const store = await readProviderStore(tree, home);
    if (!store) throw new RescueError('file-missing', { path });
    const version = await readVersion(tree, home);
    const [user, ...namesakes] = entriesFor(store.users, nameComparisons(version, store.users), account.name);
    if (!user) {
      const accounts = store.users.map(({ username }) => username);
      throw new RescueError('no-such-account', { user: account.name, accounts });
    }
    const entries: readonly [ProviderUser, ...ProviderUser[]] = [user, ...namesakes];
    const hash = await hashOf(secret, account.name, randomBytes);
    const edit: ReplacingEdit = {
      path,
      content: withProviderPassword(store, entries, hash),
      effects: entries.map(({ username }) => ({ kind: 'set-password', user: username, scheme: 'bcrypt' })),
    };
    const appLogins = hasSupervisor ? await forgetAppLogins(tree, home) : [];
    const people = await readAuthStore(tree, home);
    const warnings = await warningsFor(tree, home, { account, version, store, people });
    return { edits: [edit, ...appLogins], warnings };
  },

  /** Every entry that the login may ask, whichever way it compares names, has to accept. */
  async accepts(tree, home, { name }, secret) {
    const store = await readProviderStore(tree, home);
    if (store === undefined) return false;
    const comparisons = nameComparisons(await readVersion(tree, home), store.users);
    const accepted = entriesFor(store.users, comparisons, name).map((user) => opens(secret, providerHash(user)));
    return accepted.length > 0 && (await Promise.all(accepted)).every(Boolean);
  },
});

const opens = async (secret: NewPassword, hash: string): Promise<boolean> =>
  secret instanceof PasswordHash ? hash === secret.reveal() : bcryptAccepts(secret.reveal(), hash);

/** Home Assistant knows bcrypt and nothing else. @throws RescueError hash-unusable */
const hashOf = async (
  secret: NewPassword,
  user: string,
  randomBytes: (count: number) => Uint8Array,
): Promise<string> => {
  if (!(secret instanceof PasswordHash)) return bcryptHash(secret.reveal(), randomBytes);
  const hash = secret.reveal();
  if (cryptScheme(hash) !== 'bcrypt') throw new RescueError('hash-unusable', { user, accepted: ['bcrypt'] });
  return hash;
};

const providerPath = (home: TreePath): TreePath => storagePath(home, 'auth_provider.homeassistant');

const readProviderStore = async (tree: Tree, home: TreePath): Promise<ProviderStore | undefined> => {
  const path = providerPath(home);
  const bytes = await tree.read(path);
  return bytes && parseProviderStore(bytes, path);
};

const readAuthStore = async (tree: Tree, home: TreePath): Promise<AuthStore> => {
  const path = storagePath(home, 'auth');
  const bytes = await tree.read(path, authLimitBytes);
  return bytes ? parseAuthStore(bytes, path) : { people: new Map(), credentials: [] };
};

/** A module whose store is damaged asks nobody for a code: Home Assistant starts it empty. */
const readTwoFactorUsers = async (tree: Tree, home: TreePath): Promise<ReadonlySet<string>> => {
  const users = new Set<string>();
  for (const module of twoFactorModules) {
    const path = storagePath(home, module);
    const bytes = await readIfPossible(tree, path);
    try {
      for (const id of bytes ? parseTwoFactorUsers(bytes, path) : []) users.add(id);
    } catch (error) {
      if (!isRescueError(error)) throw error;
    }
  }
  return users;
};

/**
 * The Supervisor remembers hashes of passwords that apps logged in with, and asks them while Core is down: the old
 * password would open those apps once more (supervisor: auth.py).
 */
const forgetAppLogins = async (tree: Tree, home: TreePath): Promise<readonly ReplacingEdit[]> => {
  const path = join(parentOf(home), 'auth.json');
  const bytes = await readIfPossible(tree, path);
  if (!bytes || decodeBytes(bytes).trim() === '{}') return [];
  return [{ path, content: encodeBytes('{}'), effects: [{ kind: 'forget-app-logins' }] }];
};
