/**
 * Home Assistant's account files under `<config>/.storage` (core: auth/providers/homeassistant.py, auth/auth_store.py,
 * auth/mfa_modules, helpers/storage.py).
 */
import type { Account, AccountNote } from '../model/account.ts';
import { RescueError } from '../model/errors.ts';
import type { TreePath } from '../model/tree.ts';
import { decodeBytes } from './bytes.ts';
import { normalName } from './casefold.ts';
import { type JsonFile, memberOf, parseJson, withJsonString } from './json-edit.ts';

/** One entry of the password store. */
export interface ProviderUser {
  /** Its place in `data.users`. */
  readonly index: number;
  /** As stored; old stores hold names that are not in their normal form. */
  readonly username: string;
  /** Base64 of the bcrypt string; undefined where it is missing or no text. */
  readonly password: string | undefined;
}

export interface ProviderStore {
  readonly file: JsonFile;
  readonly users: readonly ProviderUser[];
}

/** What the auth store knows of a person who can log in under a name. */
interface Person {
  readonly id: string;
  readonly name: string | undefined;
  readonly isOwner: boolean;
  readonly isAdministrator: boolean;
  readonly isActive: boolean;
  readonly isLocalOnly: boolean;
  readonly isSystemGenerated: boolean;
}

export interface AuthStore {
  readonly people: ReadonlyMap<string, Person>;
  /** The password provider's credentials in order: who a name belongs to. */
  readonly credentials: readonly { readonly username: string; readonly userId: string }[];
}

const knownVersion = 1;
const administrators = 'system-admin';

/** @throws RescueError file-corrupt, store-version */
export const parseProviderStore = (bytes: Uint8Array, path: TreePath): ProviderStore => {
  const { file, data } = parseStore(bytes, path);
  const users = members(data, 'users', path).flatMap((user, index) => {
    const username = textOf(user, 'username');
    return username === undefined ? [] : [{ index, username, password: textOf(user, 'password') }];
  });
  return { file, users };
};

/** The same store with another password for one user. @throws RescueError file-corrupt */
export const withProviderPassword = ({ file }: ProviderStore, user: ProviderUser, hash: string) =>
  withJsonString(file, ['data', 'users', user.index, 'password'], Buffer.from(hash).toString('base64'));

/** The bcrypt string of an entry. */
export const providerHash = ({ password }: ProviderUser): string => Buffer.from(password ?? '', 'base64').toString();

/** @throws RescueError file-corrupt, store-version */
export const parseAuthStore = (bytes: Uint8Array, path: TreePath): AuthStore => {
  const { data } = parseStore(bytes, path);
  const people = members(data, 'users', path).flatMap(toPerson);
  const credentials = members(data, 'credentials', path).flatMap((credential) => {
    const username = textOf(memberOf(credential, 'data'), 'username');
    const userId = textOf(credential, 'user_id');
    const isOurs = memberOf(credential, 'auth_provider_type') === 'homeassistant';
    return isOurs && username !== undefined && userId !== undefined ? [{ username, userId }] : [];
  });
  return { people: new Map(people.map((person) => [person.id, person])), credentials };
};

/** User ids that a two-factor module (totp, notify) asks for a second code. */
export const parseTwoFactorUsers = (bytes: Uint8Array, path: TreePath): readonly string[] => {
  const users = memberOf(parseStore(bytes, path).data, 'users');
  return typeof users === 'object' && users !== null ? Object.keys(users) : [];
};

/** The accounts that have a password, joined with the people they belong to; accounts of the system's own are left out. */
export const joinAccounts = (
  users: readonly ProviderUser[],
  auth: AuthStore,
  twoFactorUsers: ReadonlySet<string>,
): readonly Account[] => {
  const ownerOf = personFinder(auth);
  const timesUsed = new Map<string, number>();
  for (const { username } of users) {
    const name = normalName(username);
    timesUsed.set(name, (timesUsed.get(name) ?? 0) + 1);
  }
  // Of two entries spelled alike only the last can be logged in to.
  const lastOfEach = new Map(users.map((user) => [user.username, user]));
  return [...lastOfEach.values()].flatMap((user) => {
    const person = ownerOf(user.username);
    if (person?.isSystemGenerated) return [];
    const isDuplicate = (timesUsed.get(normalName(user.username)) ?? 0) > 1;
    const hasTwoFactor = person !== undefined && twoFactorUsers.has(person.id);
    return [toAccount(user, person, { isDuplicate, hasTwoFactor })];
  });
};

/** The entry that an account stands for: of two spelled alike Home Assistant's login takes the last. */
export const findProviderUser = ({ users }: ProviderStore, name: string): ProviderUser | undefined =>
  users.findLast(({ username }) => username === name);

/** How many addresses `ip_bans.yaml` holds: a map of address to when it was banned. */
export const countBans = (bytes: Uint8Array): number =>
  decodeBytes(bytes).match(/^(?![\s#]|---)\S.*:[ \t]*\r?$/gm)?.length ?? 0;

const toAccount = (
  user: ProviderUser,
  person: Person | undefined,
  { isDuplicate, hasTwoFactor }: { isDuplicate: boolean; hasTwoFactor: boolean },
): Account => {
  const notes: AccountNote[] = [];
  if (isDuplicate) notes.push('duplicate-name');
  if (!person) notes.push('unlinked');
  if (person && !person.isActive) notes.push('inactive');
  if (person?.isLocalOnly) notes.push('local-only');
  if (hasTwoFactor) notes.push('two-factor');
  return {
    name: user.username,
    realm: 'home-assistant',
    ...(person?.name ? { displayName: person.name } : {}),
    isAdministrator: person?.isAdministrator ?? false,
    isOwner: person?.isOwner ?? false,
    login: user.password === undefined || person?.isActive === false ? 'nothing' : 'password',
    notes,
  };
};

/** Spelled alike first (old versions told Bob from bob), then alike in normal form; of several the first, as at login. */
const personFinder = ({ people, credentials }: AuthStore): ((username: string) => Person | undefined) => {
  const exact = new Map([...credentials].reverse().map(({ username, userId }) => [username, userId]));
  const folded = new Map([...credentials].reverse().map(({ username, userId }) => [normalName(username), userId]));
  return (username) => people.get(exact.get(username) ?? folded.get(normalName(username)) ?? '');
};

const toPerson = (user: unknown): Person[] => {
  const id = textOf(user, 'id');
  if (id === undefined) return [];
  const groups = memberOf(user, 'group_ids');
  const isOwner = memberOf(user, 'is_owner') === true;
  return [
    {
      id,
      name: textOf(user, 'name'),
      isOwner,
      // Stores from before groups existed (2018) held administrators only.
      isAdministrator: isOwner || !Array.isArray(groups) || groups.includes(administrators),
      isActive: memberOf(user, 'is_active') !== false,
      isLocalOnly: memberOf(user, 'local_only') === true,
      isSystemGenerated: memberOf(user, 'system_generated') === true,
    },
  ];
};

/** A store's `data`. `{}` is an empty store to Home Assistant. */
const parseStore = (bytes: Uint8Array, path: TreePath): { file: JsonFile; data: unknown } => {
  const file = parseJson(bytes, path);
  if (isEmptyObject(file.value)) return { file, data: {} };
  const version = memberOf(file.value, 'version');
  if (typeof version !== 'number') throw new RescueError('file-corrupt', { path, reason: 'no version number' });
  if (version > knownVersion) {
    throw new RescueError('store-version', { path, version: String(version), known: String(knownVersion) });
  }
  return { file, data: memberOf(file.value, 'data') };
};

const isEmptyObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;

const members = (data: unknown, key: string, path: TreePath): readonly unknown[] => {
  const list = memberOf(data, key) ?? [];
  if (!Array.isArray(list)) throw new RescueError('file-corrupt', { path, reason: `data.${key} is no list` });
  return list;
};

const textOf = (value: unknown, key: string): string | undefined => {
  const member = memberOf(value, key);
  return typeof member === 'string' ? member : undefined;
};
