import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { decodeBytes } from '../../../src/formats/bytes.ts';
import type { Account } from '../../../src/model/account.ts';
import type { ReplacingEdit } from '../../../src/model/edit.ts';
import { Secret } from '../../../src/model/secret.ts';
import type { ProfileId } from '../../../src/model/system.ts';
import { profiles } from '../../../src/systems/index.ts';
import type { FixtureTree } from '../../support/fixture-tree.ts';
import { opensHash } from '../../support/libcrypt.ts';
import { detectEverything, fixturePlace } from '../../support/place.ts';
import { seededRandom } from '../../support/random.ts';

const trees = fileURLToPath(new URL('../../fixtures/trees/', import.meta.url));
const goldenOf = (name: string): string => `${trees}${name}.golden.json`;
const fixtures = readdirSync(trees, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);
const nowMs = Date.UTC(2026, 10, 21);

/** The Linux that carries a Home Assistant is listed beside it. */
const carriers: Partial<Record<ProfileId, ProfileId>> = {
  'home-assistant-supervised': 'debian',
  'home-assistant-container': 'ubuntu',
  'home-assistant-core': 'debian',
};

/** They offer no accounts, and say where those are. */
const explained: ReadonlySet<string> = new Set<ProfileId>(['ubuntu-core', 'alpine-diskless']);

test('profile ids are unique, and each has a tree of its own', () => {
  const ids = profiles.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual([...fixtures].sort());
});

test('what a profile supersedes exists, and never itself', () => {
  const ids = new Set(profiles.map(({ id }) => id));
  for (const { id, supersedes = [] } of profiles) {
    for (const other of supersedes) expect(ids).toContain(other);
    expect(supersedes).not.toContain(id);
  }
});

describe.each(fixtures)('%s', (name) => {
  test('is found by its own profile, every other one is silent or superseded', async () => {
    const { left } = await detectEverything(fixturePlace(name));
    const carrier = carriers[name as ProfileId];
    expect(new Set(left.map(({ profile }) => profile.id))).toEqual(new Set(carrier ? [name, carrier] : [name]));
  });

  test('is described, with its accounts, as in its golden', async () => {
    const place = fixturePlace(name);
    const { left } = await detectEverything(place);
    const systems = left.map(async ({ profile, detection }) => ({
      profile: profile.id,
      ...detection,
      accounts: await profile.accounts?.list(place.tree, detection.home, nowMs),
    }));
    expect(existsSync(goldenOf(name))).toBe(true);
    await expect(`${JSON.stringify(await Promise.all(systems), null, 2)}\n`).toMatchFileSnapshot(goldenOf(name));
  });

  test('a new password for each account opens it, by libcrypt as well, and changes nothing else', async () => {
    const place = fixturePlace(name);
    const tree = place.tree as FixtureTree;
    const { left } = await detectEverything(place);
    if (explained.has(name)) return expect(left[0]?.detection.elsewhere).toHaveLength(1);
    for (const { profile, detection } of left) {
      const store = profile.accounts;
      if (!store) throw new Error(`${profile.id} offers no accounts`);
      // A router's own users are refused (linux/juniper-ssr.test.ts).
      const accounts = (await store.list(tree, detection.home, nowMs)).filter(
        ({ notes }) => !notes.includes('router-owned'),
      );
      expect(accounts).not.toEqual([]);
      for (const [index, account] of accounts.entries()) {
        const secret = new Secret(`new pässword ${index}`);
        const options = { unlock: true, nowMs, randomBytes: seededRandom(7).bytes };
        const { edits } = await store.setPassword(tree, detection.home, account, secret, options);
        expectOnlyThePassword(tree, detection.home, account, edits);
        const after = tree.with(Object.fromEntries(edits.map(({ path, content }) => [path, content])));
        expect(await store.accepts(tree, detection.home, account, secret)).toBe(false);
        expect(await store.accepts(after, detection.home, account, secret)).toBe(true);
        expect(opensHash(secret.reveal(), hashIn(after, detection.home, account))).toBe(true);
      }
    }
  });
});

const latin1 = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('latin1');

/** The path after links; the trees have none in the way but SUSE's and Debian's os-release. */
const contentOf = (tree: FixtureTree, path: string): string => latin1(tree.files.get(path));

const nameBytes = ({ name }: Account): string => {
  const lone = [...name].map((character) => {
    const code = character.codePointAt(0) ?? 0;
    return code >= 0xdc80 && code <= 0xdcff
      ? String.fromCharCode(code - 0xdc00)
      : Buffer.from(character).toString('latin1');
  });
  return lone.join('');
};

const linuxLine = (text: string, account: Account): string | undefined =>
  text.split('\n').find((line) => line.split(':')[0] === nameBytes(account));

/** Found by a reading of its own: the fields as they stand. */
const hashIn = (tree: FixtureTree, home: string, account: Account): string => {
  if (account.realm === 'linux') {
    const inPasswd = linuxLine(contentOf(tree, '/etc/passwd'), account)?.split(':')[1] ?? '';
    return inPasswd === 'x' ? (linuxLine(contentOf(tree, '/etc/shadow'), account)?.split(':')[1] ?? '') : inPasswd;
  }
  const store = JSON.parse(
    decodeBytes(tree.files.get(`${home}/.storage/auth_provider.homeassistant`) ?? new Uint8Array()),
  );
  const user = store.data.users.find((each: { username: string }) => each.username === account.name);
  return Buffer.from(user.password, 'base64').toString();
};

const expectOnlyThePassword = (
  tree: FixtureTree,
  home: string,
  account: Account,
  edits: readonly ReplacingEdit[],
): void => {
  expect(new Set(edits.map(({ path }) => path)).size).toBe(edits.length);
  expect(edits.flatMap(({ effects }) => effects.map(({ kind }) => kind))).toContain('set-password');
  for (const { path, content } of edits) {
    const [before, after] = [contentOf(tree, path), latin1(content)];
    if (account.realm === 'linux') expectOneLine(path, before, after, account);
    else if (path === `${home}/.storage/auth_provider.homeassistant`) expectOneString(before, after);
    else {
      expect(path).toBe(`${home.slice(0, home.lastIndexOf('/'))}/auth.json`);
      expect(after).toBe('{}');
    }
  }
};

/** One line differs, in fields 2, 3 and 8 at most; or one was added at the end. */
const expectOneLine = (path: string, before: string, after: string, account: Account): void => {
  expect(['/etc/passwd', '/etc/shadow']).toContain(path);
  const lines = before.split('\n');
  const isAdded = path === '/etc/shadow' && linuxLine(before, account) === undefined;
  const expected = isAdded ? [...lines.slice(0, -1), linuxLine(after, account), ''] : lines;
  const actual = after.split('\n');
  expect(actual).toHaveLength(expected.length);
  const different = actual.flatMap((line, index) => (line === expected[index] ? [] : [index]));
  expect(different).toHaveLength(isAdded ? 0 : 1);
  for (const index of different) {
    const [old = [], now = []] = [expected[index]?.split(':'), actual[index]?.split(':')];
    expect(now).toHaveLength(old.length);
    const touched = now.flatMap((field, at) => (field === old[at] ? [] : [at + 1]));
    expect(touched).toContain(2);
    for (const field of touched) expect(path === '/etc/shadow' ? [2, 3, 8] : [2]).toContain(field);
  }
};

/** Same beginning, same end, and between them nothing but the inside of one string. */
const expectOneString = (before: string, after: string): void => {
  let from = 0;
  while (before[from] === after[from]) from++;
  let fromEnd = 0;
  while (before.at(-1 - fromEnd) === after.at(-1 - fromEnd) && fromEnd < before.length - from) fromEnd++;
  expect(before.slice(from, before.length - fromEnd)).toMatch(/^[A-Za-z0-9+/=]*$/);
  expect(after.slice(from, after.length - fromEnd)).toMatch(/^[A-Za-z0-9+/=]+$/);
};
