import { describe, expect, test } from 'vitest';
import type { Account } from '../../../../src/model/account.ts';
import type { Notice, NoticeDetails } from '../../../../src/model/plan.ts';
import { type NewPassword, PasswordHash, Secret } from '../../../../src/model/secret.ts';
import { homeAssistantAccounts } from '../../../../src/systems/home-assistant/accounts.ts';
import { type FixtureTree, memoryTree } from '../../../support/fixture-tree.ts';
import { generations, type Rehearsal, rehearseLogins } from '../../../support/home-assistant-login.ts';
import { crypt } from '../../../support/libcrypt.ts';
import { seededRandom } from '../../../support/random.ts';

const home = '/config';
const store = homeAssistantAccounts({ hasSupervisor: false });
const nowMs = Date.UTC(2026, 10, 25);

const hashOf = (password: string): string => crypt(password, '$2b$04$abcdefghijklmnopqrstuu');
const [forgotten, fresh] = ['forgotten', 'brand new'];
const forgottenEntry = Buffer.from(hashOf(forgotten)).toString('base64');
const freshHash = hashOf(fresh);

interface Household {
  readonly version: string | undefined;
  /** Entries of the password store, in order. */
  readonly names: readonly string[];
  /** People and the names of their credentials. */
  readonly people: readonly { readonly id: string; readonly names: readonly string[] }[];
}

const treeOf = ({ version, names, people }: Household): FixtureTree =>
  memoryTree({
    ...(version !== undefined && { [`${home}/.HA_VERSION`]: version }),
    [`${home}/.storage/auth_provider.homeassistant`]: JSON.stringify({
      version: 1,
      data: { users: names.map((username) => ({ username, password: forgottenEntry })) },
    }),
    [`${home}/.storage/auth`]: JSON.stringify({
      version: 1,
      data: {
        groups: [{ id: 'system-admin' }],
        users: people.map(({ id }) => ({ id, name: id, is_active: true, group_ids: [], system_generated: false })),
        credentials: people.flatMap(({ id, names: own }) =>
          own.map((username) => ({
            user_id: id,
            auth_provider_type: 'homeassistant',
            auth_provider_id: null,
            data: { username },
          })),
        ),
      },
    }),
  });

const dataAt = (tree: FixtureTree, name: string) =>
  JSON.parse(Buffer.from(tree.files.get(`${home}/.storage/${name}`) ?? []).toString()).data;

/** What the version could mean to the judge. */
const versionsOf = (version: string | undefined): readonly string[] =>
  version !== undefined && /^\d+\.\d+\.\d+$/.test(version) ? [version] : generations;

const rehearsalsOf = (tree: FixtureTree, version: string | undefined, typed: string): readonly Rehearsal[] => {
  const [provider, auth] = [dataAt(tree, 'auth_provider.homeassistant'), dataAt(tree, 'auth')];
  const logins = [fresh, forgotten].map((password) => ({ provider, auth, typed, password }));
  return versionsOf(version).flatMap((each) => logins.map((login) => ({ version: each, ...login })));
};

const accountCalled = async (tree: FixtureTree, name: string): Promise<Account> => {
  const account = (await store.list(tree, home, nowMs)).find((each) => each.name === name);
  if (!account) throw new Error(`${name} is not listed`);
  return account;
};

const reset = async (tree: FixtureTree, account: Account, secret: NewPassword = new PasswordHash(freshHash)) => {
  const options = { unlock: false, nowMs, randomBytes: seededRandom(5).bytes };
  const { edits, warnings } = await store.setPassword(tree, home, account, secret, options);
  return { after: tree.with(Object.fromEntries(edits.map(({ path, content }) => [path, content]))), warnings };
};

const resetByName = async (household: Household, name: string) => {
  const tree = treeOf(household);
  const { after, warnings } = await reset(tree, await accountCalled(tree, name));
  const users: readonly { username: string; password: string }[] = dataAt(after, 'auth_provider.homeassistant').users;
  return { warnings, changed: users.flatMap(({ password }, index) => (password === forgottenEntry ? [] : [index])) };
};

const detailsOf = <C extends Notice['code']>(warnings: readonly Notice[], code: C): NoticeDetails[C] | undefined =>
  warnings.find((notice): notice is Extract<Notice, { readonly code: C }> => notice.code === code)?.details as
    | NoticeDetails[C]
    | undefined;

describe('two names that fold alike', () => {
  const people = [
    { id: 'one', names: ['bob'] },
    { id: 'other', names: ['Bob'] },
  ];
  const names = ['bob', 'Bob'];

  test('to Home Assistant 2026.10 and later only the last entry exists, and it is said', async () => {
    const household: Household = { version: '2026.10.1', names, people };
    expect((await store.list(treeOf(household), home, nowMs)).map(({ name }) => name)).toEqual(['Bob']);
    const { changed, warnings } = await resetByName(household, 'Bob');
    expect(changed).toEqual([1]);
    expect(detailsOf(warnings, 'last-entry-counts')).toEqual({ user: 'Bob' });
    expect(detailsOf(warnings, 'type-name-as-stored')).toBeUndefined();
  });

  test('to earlier ones they are two, until the update', async () => {
    const household: Household = { version: '2026.7.4', names, people };
    const { changed, warnings } = await resetByName(household, 'bob');
    expect(changed).toEqual([0]);
    expect(detailsOf(warnings, 'names-become-one')).toEqual({ user: 'bob', others: ['Bob'] });
    expect(detailsOf(warnings, 'type-name-as-stored')).toEqual({ user: 'bob' });
    expect((await resetByName(household, 'Bob')).changed).toEqual([1]);
  });

  test.each([undefined, '', 'nightly', '2026', '2026.9.3', '2026.8.0', '2026.10.0.dev20260812'])(
    'with the version %s both get the password, after it was said',
    async (version) => {
      const { changed, warnings } = await resetByName({ version, names, people }, 'bob');
      expect(changed).toEqual([0, 1]);
      expect([...(detailsOf(warnings, 'set-for-namesakes')?.users ?? [])].sort()).toEqual(['Bob', 'bob']);
    },
  );

  test('both have to accept before a password is called accepted', async () => {
    const household: Household = { version: undefined, names, people };
    const tree = treeOf(household);
    const account = await accountCalled(tree, 'bob');
    const { after } = await reset(tree, account);
    expect(await store.accepts(after, home, account, new Secret(fresh))).toBe(true);
    const half = after.with({
      [`${home}/.storage/auth_provider.homeassistant`]: JSON.stringify({
        version: 1,
        data: {
          users: [dataAt(after, 'auth_provider.homeassistant').users[0], { username: 'Bob', password: forgottenEntry }],
        },
      }),
    });
    expect(await store.accepts(half, home, account, new Secret(fresh))).toBe(false);
  });
});

describe('the person behind a name', () => {
  const people = [
    { id: 'old', names: ['Bob'] },
    { id: 'owner', names: ['bob'] },
  ];

  test.each(['2026.10.1', '2026.9.3', '2024.1.0', undefined])(
    'is the first whose credential folds alike (%s), and the one spelled exactly is named',
    async (version) => {
      const household: Household = { version, names: ['bob'], people };
      const [account] = await store.list(treeOf(household), home, nowMs);
      expect(account).toMatchObject({ name: 'bob', displayName: 'old', notes: ['other-person'] });
      const { warnings } = await resetByName(household, 'bob');
      expect(detailsOf(warnings, 'other-person')).toEqual({ user: 'bob', person: 'old', exact: 'owner' });
    },
  );

  test('is nobody yet where no credential fits: the login makes one', async () => {
    const { warnings } = await resetByName({ version: '2026.11.0', names: ['bob'], people: [] }, 'bob');
    expect(detailsOf(warnings, 'login-makes-person')).toEqual({ user: 'bob' });
  });

  test('one member of the only group of a store of 2018 is an administrator', async () => {
    const tree = treeOf({ version: '0.80.0', names: ['a'], people: [] });
    const auth = {
      users: [{ id: '1', name: 'A', group_ids: ['9c-all-access'], is_owner: false, is_active: true }],
      credentials: [{ user_id: '1', auth_provider_type: 'homeassistant', data: { username: 'a' } }],
    };
    const isAdministrator = async (groups: unknown) => {
      const content = JSON.stringify({ version: 1, data: { ...auth, groups } });
      return (await store.list(tree.with({ [`${home}/.storage/auth`]: content }), home, nowMs))[0]?.isAdministrator;
    };
    expect(await isAdministrator([{ id: '9c-all-access', name: 'All Access' }])).toBe(true);
    expect(await isAdministrator([{ id: '9c-all-access', name: 'Some', policy: { entities: true } }])).toBe(false);
    expect(await isAdministrator([{ id: '9c-all-access' }, { id: 'system-admin' }])).toBe(false);
  });
});

/** Spellings that are one name to some generation of Home Assistant, and two to another. */
const families: readonly [readonly [string, ...string[]], ...(readonly [string, ...string[]])[]] = [
  ['bob', 'Bob', 'BOB', ' bob', 'bob ', '\u00a0Bob', 'bob\u2003'],
  ['straße', 'STRASSE', 'strasse', 'Straße'],
  ['i\u0307lker', 'İlker', 'ilker', 'ILKER', 'ılker'],
  ['οδυσσευσ', 'ΟΔΥΣΣΕΥΣ', 'οδυσσευς'],
  ['\ufb01ona', 'fiona', 'FIONA', '\ufeffFiona'],
];

const randomHousehold = (random: ReturnType<typeof seededRandom>): Household => {
  const name = () => random.pick(random.pick(families));
  const version = random.pick([
    '0.80.3',
    '0.92.1',
    '2023.4.6',
    '2024.6.4',
    '2024.7.0',
    '2026.7.4',
    '2026.9.3',
    '2026.10.0',
    '2026.11.3',
    undefined,
    '',
    '2026.9.0.dev0',
  ]);
  const amount = 1 + random.below(4);
  return {
    version,
    names: Array.from({ length: amount }, name),
    people: Array.from({ length: random.below(4) }, (_, index) => ({
      id: `person ${index}`,
      names: Array.from({ length: random.below(3) }, name),
    })),
  };
};

test('every account of 300 households opens after its reset, as the Python rehearsal of Home Assistant has it', async () => {
  const random = seededRandom(20261125);
  const asked: { household: Household; account: Account; rehearsals: readonly Rehearsal[] }[] = [];
  for (let round = 0; round < 300; round++) {
    const household = randomHousehold(random);
    const tree = treeOf(household);
    for (const account of await store.list(tree, home, nowMs)) {
      const { after } = await reset(tree, account);
      expect(await store.accepts(after, home, account, new PasswordHash(freshHash))).toBe(true);
      asked.push({ household, account, rehearsals: rehearsalsOf(after, household.version, account.name) });
    }
  }
  const outcomes = rehearseLogins(asked.flatMap(({ rehearsals }) => rehearsals)).values();
  for (const { household, account, rehearsals } of asked) {
    const people: (string | null)[] = [];
    for (const { password, version } of rehearsals) {
      const { opens, person } = outcomes.next().value ?? { opens: undefined, person: null };
      const where = JSON.stringify({ household, name: account.name, version, password });
      expect(opens, where).toBe(password === fresh);
      people.push(person);
    }
    // The newest generation is the last that the judge was asked for.
    const shown = account.displayName ?? null;
    if (!/^2026\.[89]\./.test(household.version ?? ''))
      expect(shown, JSON.stringify({ household, account })).toBe(people.at(-1));
  }
}, 60_000);

test('a reset changes nobody else’s password', async () => {
  const random = seededRandom(77);
  const asked: { household: Household; rehearsal: Rehearsal; isTarget: boolean }[] = [];
  for (let round = 0; round < 150; round++) {
    const household = randomHousehold(random);
    // Where both comparisons are served, both entries are set, and it is said.
    if (!/^\d+\.\d+\.\d+$/.test(household.version ?? '') || household.version === '2026.9.3') continue;
    const tree = treeOf(household);
    const listed = await store.list(tree, home, nowMs);
    const target = listed[random.below(listed.length)];
    if (!target) continue;
    const { after } = await reset(tree, target);
    for (const { name } of listed) {
      const [rehearsal] = rehearsalsOf(after, household.version, name);
      if (rehearsal) asked.push({ household, rehearsal, isTarget: name === target.name });
    }
  }
  const outcomes = rehearseLogins(asked.map(({ rehearsal }) => rehearsal));
  for (const [index, { household, rehearsal, isTarget }] of asked.entries()) {
    expect(outcomes[index]?.opens, JSON.stringify({ household, typed: rehearsal.typed })).toBe(isTarget);
  }
  expect(asked.length).toBeGreaterThan(100);
}, 60_000);
