import { describe, expect, test } from 'vitest';
import {
  countBans,
  parseAuthStore,
  parseProviderStore,
  parseTwoFactorUsers,
  providerHash,
  withProviderPassword,
} from '../../../src/formats/home-assistant.ts';
import { entriesFor, joinAccounts, nameComparisons } from '../../../src/formats/home-assistant-login.ts';
import { isRescueError } from '../../../src/model/errors.ts';
import { seededRandom } from '../../support/random.ts';

const path = '/config/.storage/x';
const store = (data: unknown, version: unknown = 1) =>
  Buffer.from(JSON.stringify({ version, key: 'x', data }, null, 2));
const provider = (users: unknown) => parseProviderStore(store({ users }), path);
const auth = (users: unknown, credentials: unknown) => parseAuthStore(store({ users, credentials }), path);
const entry = (username: string) => ({ username, password: Buffer.from('hash').toString('base64') });
const credential = (userId: string, username: string, type = 'homeassistant') => ({
  user_id: userId,
  auth_provider_type: type,
  auth_provider_id: null,
  data: { username },
});
const accountsOf = (users: unknown, people: unknown, credentials: unknown, twoFactor: readonly string[] = []) =>
  joinAccounts(provider(users).users, auth(people, credentials), new Set(twoFactor), undefined);
const findProviderUser = ({ users }: ReturnType<typeof provider>, name: string) =>
  entriesFor(users, nameComparisons(undefined, users), name)[0];
const codeOf = (action: () => unknown) => {
  try {
    action();
    return 'nothing thrown';
  } catch (error) {
    return isRescueError(error) ? error.code : error;
  }
};

test('accounts are joined over the user id, and the system’s own are left out', () => {
  const people = [
    { id: '1', name: 'Alice', is_owner: true, is_active: true, group_ids: ['system-admin'] },
    { id: '2', name: 'Bob', is_active: true, group_ids: ['system-admin'], local_only: true },
    { id: '3', name: null, is_active: false, group_ids: ['system-users'] },
    { id: '4', name: 'Supervisor', system_generated: true, group_ids: ['system-admin'] },
  ];
  const credentials = [
    credential('1', 'alice'),
    credential('2', 'bob', 'trusted_networks'),
    credential('2', 'BOB'),
    credential('3', 'carol'),
    credential('4', 'supervisor'),
  ];
  const names = ['alice', 'Bob', 'carol', 'supervisor', 'dave'];
  expect(accountsOf(names.map(entry), people, credentials, ['2'])).toEqual([
    {
      name: 'alice',
      realm: 'home-assistant',
      displayName: 'Alice',
      isAdministrator: true,
      isOwner: true,
      login: 'password',
      notes: [],
    },
    {
      name: 'Bob',
      realm: 'home-assistant',
      displayName: 'Bob',
      isAdministrator: true,
      isOwner: false,
      login: 'password',
      notes: ['local-only', 'two-factor'],
    },
    {
      name: 'carol',
      realm: 'home-assistant',
      isAdministrator: false,
      isOwner: false,
      login: 'nothing',
      notes: ['inactive'],
    },
    {
      name: 'dave',
      realm: 'home-assistant',
      isAdministrator: false,
      isOwner: false,
      login: 'password',
      notes: ['unlinked'],
    },
  ]);
});

test('users of 2018, before there were groups, are administrators', () => {
  expect(accountsOf([entry('a')], [{ id: '1', name: 'A', is_active: true }], [credential('1', 'a')])).toMatchObject([
    { isAdministrator: true, isOwner: false },
  ]);
});

test('names that are one to Home Assistant are told apart by their spelling, and marked', () => {
  const people = [
    { id: '1', name: 'First', group_ids: [] },
    { id: '2', name: 'Second', group_ids: [] },
  ];
  const credentials = [credential('1', 'Bob'), credential('2', 'bob')];
  const accounts = accountsOf([entry('Bob'), entry('bob ')], people, credentials);
  expect(accounts.map(({ name, displayName, notes }) => [name, displayName, notes])).toEqual([
    ['Bob', 'First', ['duplicate-name']],
    ['bob ', 'First', ['duplicate-name']],
  ]);
});

test('of two entries spelled alike the last one counts, as at login', () => {
  const users = [entry('bob'), { username: 'bob', password: 'c2Vjb25k' }];
  const found = findProviderUser(provider(users), 'bob');
  expect(found?.index).toBe(1);
  expect(found && providerHash(found)).toBe('second');
  expect(accountsOf(users, [], [])).toHaveLength(1);
});

test('only the bytes of the password change', () => {
  const text =
    '{"version": 1,\n "x": [1.50, "é"], "data": {"users": [{"username": "bob","password":"b2xk", "more": null}]}}';
  const parsed = parseProviderStore(Buffer.from(text), path);
  const user = findProviderUser(parsed, 'bob');
  const after = user && Buffer.from(withProviderPassword(parsed, [user], '$2b$12$new')).toString();
  expect(after).toBe(text.replace('b2xk', Buffer.from('$2b$12$new').toString('base64')));
});

test('places in the list are the stored ones, even beside entries that are none', () => {
  const users = [null, 7, { username: 3 }, entry('bob')];
  expect(findProviderUser(provider(users), 'bob')?.index).toBe(3);
});

describe('stores that are refused', () => {
  test('a newer version', () => {
    expect(codeOf(() => parseProviderStore(store({ users: [] }, 2), path))).toBe('store-version');
    expect(codeOf(() => parseAuthStore(store({ users: [] }, 1.5), path))).toBe('store-version');
  });
  test('no version, no list', () => {
    for (const version of ['1', null, undefined, {}]) {
      const bytes = Buffer.from(JSON.stringify({ version, data: { users: [] }, key: 'x' }));
      expect(codeOf(() => parseProviderStore(bytes, path))).toBe('file-corrupt');
    }
    for (const users of ['x', {}, 3, true]) expect(codeOf(() => provider(users))).toBe('file-corrupt');
    for (const text of ['[]', 'null', '3', '"x"']) {
      expect(codeOf(() => parseProviderStore(Buffer.from(text), path))).toBe('file-corrupt');
    }
  });
});

test('an empty object is an empty store', () => {
  expect(parseProviderStore(Buffer.from('{}'), path).users).toEqual([]);
});

test('no JSON of any shape ends in anything but a list or a refusal', () => {
  const random = seededRandom(18);
  const leaves = [null, true, 0, -1, 1e300, '', 'bob', 'homeassistant', [], {}] as const;
  const keys = [
    'users',
    'credentials',
    'username',
    'password',
    'id',
    'user_id',
    'data',
    'version',
    '__proto__',
    'name',
  ] as const;
  const grow = (depth: number): unknown => {
    if (depth === 0 || random.below(4) === 0) return random.pick(leaves);
    if (random.below(2) === 0) return Array.from({ length: random.below(4) }, () => grow(depth - 1));
    return Object.fromEntries(Array.from({ length: random.below(5) }, () => [random.pick(keys), grow(depth - 1)]));
  };
  for (let round = 0; round < 2000; round++) {
    const bytes = Buffer.from(JSON.stringify({ version: random.below(9) === 0 ? grow(1) : 1, data: grow(5) }));
    const work = () => {
      joinAccounts(parseProviderStore(bytes, path).users, parseAuthStore(bytes, path), new Set(), undefined);
      parseTwoFactorUsers(bytes, path);
    };
    expect(['nothing thrown', 'file-corrupt', 'store-version']).toContain(codeOf(work));
  }
});

test('two-factor users are the keys of the module’s map', () => {
  expect(parseTwoFactorUsers(store({ users: { abc: 'secret', def: {} } }), path)).toEqual(['abc', 'def']);
  expect(parseTwoFactorUsers(store({}), path)).toEqual([]);
});

test('bans are counted', () => {
  const text =
    '192.168.1.5:\n  banned_at: \'2026-01-01T00:00:00+00:00\'\n# 10.0.0.1:\n"2001:db8::1":\n  banned_at: x\nfe80::2:\r\n  banned_at: y\n';
  expect(countBans(Buffer.from(text))).toBe(3);
  expect(countBans(Buffer.from('---\n{}\n'))).toBe(0);
  expect(countBans(Buffer.from(''))).toBe(0);
});
