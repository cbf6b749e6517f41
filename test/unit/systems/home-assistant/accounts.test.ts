import { describe, expect, test } from 'vitest';
import type { Account } from '../../../../src/model/account.ts';
import { isRescueError } from '../../../../src/model/errors.ts';
import { Secret } from '../../../../src/model/secret.ts';
import { homeAssistantAccounts } from '../../../../src/systems/home-assistant/accounts.ts';
import { type FixtureContent, fixtureTree, folder, memoryTree, other } from '../../../support/fixture-tree.ts';
import { seededRandom } from '../../../support/random.ts';

const home = '/supervisor/homeassistant';
const storage = (name: string) => `${home}/.storage/${name}`;
const provider = storage('auth_provider.homeassistant');
const store = homeAssistantAccounts({ hasSupervisor: true });
const withoutSupervisor = homeAssistantAccounts({ hasSupervisor: false });
const haos = fixtureTree('haos');
const nowMs = Date.UTC(2026, 10, 21);

const accountOf = async (name: string): Promise<Account> => {
  const account = (await store.list(haos, home, nowMs)).find((each) => each.name === name);
  if (!account) throw new Error(`no ${name}`);
  return account;
};
const setPassword = async (tree: typeof haos, name = 'alice', from = store) => {
  const options = { unlock: false, nowMs, randomBytes: seededRandom(5).bytes };
  return from.setPassword(tree, home, await accountOf(name), new Secret('new'), options);
};
const codeOf = (action: Promise<unknown>) =>
  action.then(
    () => 'nothing thrown',
    (error) => (isRescueError(error) ? error.code : error),
  );

test('names are the same when Home Assistant says so', () => {
  expect(store.isSameName(' BOB ', 'bob')).toBe(true);
  expect(store.isSameName('STRASSE', 'straße')).toBe(true);
  expect(store.isSameName('zoe', 'zoé')).toBe(false);
});

describe('warnings', () => {
  test('sessions stay; a name that is not in its normal form; notes; bans', async () => {
    const bans = { code: 'banned-addresses', details: { path: `${home}/ip_bans.yaml`, count: 2 } };
    expect((await setPassword(haos)).warnings).toEqual([{ code: 'tokens-stay', details: { user: 'alice' } }, bans]);
    expect((await setPassword(haos, 'Bob')).warnings).toEqual([
      { code: 'tokens-stay', details: { user: 'Bob' } },
      { code: 'type-name-as-stored', details: { user: 'Bob' } },
      { code: 'account-note', details: { user: 'Bob', note: 'two-factor' } },
      bans,
    ]);
    expect((await setPassword(haos, 'carol')).warnings).toContainEqual({
      code: 'account-note',
      details: { user: 'carol', note: 'inactive' },
    });
  });
});

describe('app logins that the Supervisor remembers', () => {
  const appLogins = '/supervisor/auth.json';
  const edits = async (content: FixtureContent | null, from = store) =>
    (await setPassword(haos.with({ [appLogins]: content }), 'alice', from)).edits.slice(1);

  test('are forgotten', async () => {
    expect(await edits('{"a": "b"}\n')).toEqual([
      { path: appLogins, content: Uint8Array.from(Buffer.from('{}')), effects: [{ kind: 'forget-app-logins' }] },
    ]);
    expect(await edits('not JSON')).toHaveLength(1);
  });

  test.each([
    ['missing', null],
    ['empty already', '{}'],
    ['empty already, with a newline', ' {}\n'],
    ['no file', other],
  ] as const)('stay when %s', async (_, content) => {
    expect(await edits(content)).toEqual([]);
  });

  test('are not looked for where there is no Supervisor', async () => {
    expect(await edits('{"a": "b"}', withoutSupervisor)).toEqual([]);
  });
});

describe('stores that cannot be used', () => {
  const text = Buffer.from(haos.files.get(provider) ?? []).toString();
  test.each<readonly [string, FixtureContent | null, string]>([
    ['a later version', text.replace('"version": 1', '"version": 2'), 'store-version'],
    ['cut off', text.slice(0, -2), 'file-corrupt'],
    ['empty', '', 'file-corrupt'],
    ['full of zeros, as after a power cut', new Uint8Array(4096), 'file-corrupt'],
    ['with a comment', `// mine\n${text}`, 'file-corrupt'],
    ['a folder', folder, 'not-a-file'],
    ['gigantic', new Uint8Array(5 << 20), 'file-too-large'],
  ])('%s', async (_, content, code) => {
    const tree = haos.with({ [provider]: content });
    expect(await codeOf(store.list(tree, home, nowMs))).toBe(code);
    expect(await codeOf(setPassword(tree))).toBe(code);
  });

  test('none at all', async () => {
    const tree = haos.with({ [provider]: null });
    expect(await store.list(tree, home, nowMs)).toEqual([]);
    expect(await codeOf(setPassword(tree))).toBe('file-missing');
    expect(await store.accepts(tree, home, await accountOf('alice'), new Secret('x'))).toBe(false);
  });

  test('a user without a password has nothing to be replaced', async () => {
    const tree = haos.with({ [provider]: '{"version":1,"data":{"users":[{"username":"alice"}]}}' });
    expect((await store.list(tree, home, nowMs))[0]).toMatchObject({ name: 'alice', login: 'nothing' });
    expect(await codeOf(setPassword(tree))).toBe('file-corrupt');
  });

  test('a user who is gone meanwhile', async () => {
    const tree = haos.with({ [provider]: text.replace('"alice"', '"alicia"') });
    expect(await codeOf(setPassword(tree))).toBe('no-such-account');
  });

  test('a damaged auth store is told; without one nobody is linked', async () => {
    expect(await codeOf(store.list(haos.with({ [storage('auth')]: '{' }), home, nowMs))).toBe('file-corrupt');
    const unlinked = await store.list(haos.with({ [storage('auth')]: null }), home, nowMs);
    expect(unlinked.map(({ notes }) => notes)).toEqual(unlinked.map(() => ['unlinked']));
    expect(unlinked).toHaveLength(5);
  });

  test('a damaged two-factor store asks nobody for a code', async () => {
    const notesOfBob = async (content: FixtureContent) => {
      const accounts = await store.list(haos.with({ [storage('auth_module.totp')]: content }), home, nowMs);
      return accounts.find(({ name }) => name === 'Bob')?.notes;
    };
    expect(await notesOfBob('{')).toEqual([]);
    expect(await notesOfBob(other)).toEqual([]);
  });
});

test('a user called like an object’s own machinery is only a user', async () => {
  const users = ['__proto__', 'constructor', 'toString'].map((username) => ({ username, password: 'eA==' }));
  const tree = memoryTree({ [provider]: JSON.stringify({ version: 1, data: { users } }) });
  const accounts = await store.list(tree, home, nowMs);
  expect(accounts.map(({ name, notes }) => [name, notes])).toEqual([
    ['__proto__', ['unlinked']],
    ['constructor', ['unlinked']],
    ['toString', ['unlinked']],
  ]);
});
