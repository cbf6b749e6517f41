/**
 * Home Assistant's account files under `<config>/.storage` (core: auth/providers/homeassistant.py, auth/auth_store.py,
 * auth/mfa_modules, helpers/storage.py).
 */
import { RescueError } from '../model/errors.ts';
import type { TreePath } from '../model/tree.ts';
import { decodeBytes } from './bytes.ts';
import { type JsonFile, type JsonLocation, memberOf, parseJson, withJsonString } from './json-edit.ts';

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
export interface Person {
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
  /** The password provider's credentials in the order in which Core tries them: who a name belongs to. */
  readonly credentials: readonly { readonly username: string; readonly userId: string }[];
}

const knownVersion = 1;
const administrators = 'system-admin';
const systemGroups = [administrators, 'system-users', 'system-read-only'];

/** @throws RescueError file-corrupt, store-version */
export const parseProviderStore = (bytes: Uint8Array, path: TreePath): ProviderStore => {
  const { file, data } = parseStore(bytes, path);
  const users = members(data, 'users', path).flatMap((user, index) => {
    const username = textOf(user, 'username');
    return username === undefined ? [] : [{ index, username, password: textOf(user, 'password') }];
  });
  return { file, users };
};

/** The same store with another password for one user or for several. @throws RescueError file-corrupt */
export const withProviderPassword = (
  { file }: ProviderStore,
  users: readonly [ProviderUser, ...ProviderUser[]],
  hash: string,
): Uint8Array<ArrayBuffer> => {
  const password = Buffer.from(hash).toString('base64');
  const [first, ...others] = users;
  return others.reduce(
    (bytes, { index }) => withJsonString(parseJson(bytes, file.path), passwordOf(index), password),
    withJsonString(file, passwordOf(first.index), password),
  );
};

const passwordOf = (index: number): JsonLocation => ['data', 'users', index, 'password'];

/** The bcrypt string of an entry. */
export const providerHash = ({ password }: ProviderUser): string => Buffer.from(password ?? '', 'base64').toString();

/** @throws RescueError file-corrupt, store-version */
export const parseAuthStore = (bytes: Uint8Array, path: TreePath): AuthStore => {
  const { data } = parseStore(bytes, path);
  const oldAdministrators = groupWithoutPolicy(memberOf(data, 'groups'));
  const people = new Map(
    members(data, 'users', path)
      .flatMap((user) => toPerson(user, oldAdministrators))
      .map((person) => [person.id, person]),
  );
  const credentials = members(data, 'credentials', path).flatMap((credential) => {
    const username = textOf(memberOf(credential, 'data'), 'username');
    const userId = textOf(credential, 'user_id');
    const isOurs = memberOf(credential, 'auth_provider_type') === 'homeassistant';
    const isOtherProvider = (memberOf(credential, 'auth_provider_id') ?? null) !== null;
    const isUsable = isOurs && !isOtherProvider && username !== undefined && userId !== undefined;
    return isUsable ? [{ username, userId }] : [];
  });
  return { people, credentials: byPerson(credentials, people) };
};

/** Core keeps credentials with their person, and walks the people (auth/providers: async_credentials). */
const byPerson = (credentials: AuthStore['credentials'], people: AuthStore['people']): AuthStore['credentials'] => {
  const places = new Map([...people.keys()].map((id, place) => [id, place]));
  const placeOf = ({ userId }: { readonly userId: string }) => places.get(userId) ?? places.size;
  return credentials.toSorted((one, other) => placeOf(one) - placeOf(other));
};

/**
 * Stores of 2018 had one group, without a policy, for everybody: to Core its members are administrators, as long as there
 * is no other group (auth_store.py: "migrating from state 1").
 */
const groupWithoutPolicy = (groups: unknown): string | undefined => {
  const [group, ...others] = Array.isArray(groups) ? groups : [];
  const id = textOf(group, 'id');
  const isOld = others.length === 0 && id !== undefined && !systemGroups.includes(id);
  return isOld && (memberOf(group, 'policy') ?? null) === null ? id : undefined;
};

/** User ids that a two-factor module (totp, notify) asks for a second code. */
export const parseTwoFactorUsers = (bytes: Uint8Array, path: TreePath): readonly string[] => {
  const users = memberOf(parseStore(bytes, path).data, 'users');
  return typeof users === 'object' && users !== null ? Object.keys(users) : [];
};

/** How many addresses `ip_bans.yaml` holds: a map of address to when it was banned. */
export const countBans = (bytes: Uint8Array): number =>
  decodeBytes(bytes).match(/^(?![\s#]|---)\S.*:[ \t]*\r?$/gm)?.length ?? 0;

const toPerson = (user: unknown, oldAdministrators: string | undefined): Person[] => {
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
      isAdministrator:
        isOwner ||
        !Array.isArray(groups) ||
        groups.includes(administrators) ||
        groups.includes(oldAdministrators ?? ''),
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
