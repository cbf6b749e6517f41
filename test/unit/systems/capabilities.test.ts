import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parsePublicKey } from '../../../src/formats/public-key.ts';
import { isRescueError } from '../../../src/model/errors.ts';
import type { PublicKey } from '../../../src/model/public-key.ts';
import { profiles } from '../../../src/systems/index.ts';
import type { FixtureTree } from '../../support/fixture-tree.ts';
import { detectEverything, fixturePlace } from '../../support/place.ts';
import { carolsKey } from '../../support/tui-scenes.ts';

/** What a profile offers beside accounts (contract.test.ts), each capability over every tree that its profile finds. */

const trees = readdirSync('test/fixtures/trees', { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

const key = (): PublicKey => {
  const parsed = parsePublicKey(Buffer.from(carolsKey));
  if ('flaw' in parsed) throw new Error(parsed.flaw);
  return parsed.key;
};

const nowMs = Date.UTC(2026, 10, 21);

test('every capability is offered by some profile, and none by all that could not have it', () => {
  const offering = (name: 'keys' | 'backups' | 'landmarks') =>
    profiles.filter((profile) => profile[name] !== undefined).map(({ id }) => id);
  expect(offering('keys').length).toBeGreaterThan(5);
  expect(offering('backups')).toEqual([
    'haos',
    'home-assistant-supervised',
    'home-assistant-container',
    'home-assistant-core',
  ]);
  // Unraid runs from memory, and so does Alpine; Ubuntu Core has no folder of this kind.
  const without = ['unraid', 'ubuntu-core', 'alpine-diskless'];
  expect(offering('landmarks').length).toBe(profiles.length - without.length);
  for (const id of without) expect(offering('landmarks')).not.toContain(id);
});

describe.each(trees)('%s', (name) => {
  const systems = async () => {
    const place = fixturePlace(name);
    return { tree: place.tree as FixtureTree, found: (await detectEverything(place)).left };
  };

  test('a key that is let in is in, once, and for nobody else', async () => {
    const { tree, found } = await systems();
    for (const { profile, detection } of found) {
      const { keys, accounts } = profile;
      if (!keys || !accounts) continue;
      const others = (await keys.listOthers?.(tree, detection.home)) ?? [];
      const people = [...(await accounts.list(tree, detection.home, nowMs)), ...others];
      let letIn = 0;
      for (const account of people) {
        // The trees have no home folders: what is refused for want of one is refused by name.
        const home = account.name === 'root' ? '/root' : `/home/${account.name}`;
        // Nor has the data disk of the appliance the partition that stands beside it.
        const housed = tree.with({ [home]: { kind: 'directory' }, '/mnt/overlay': { kind: 'directory' } });
        try {
          expect(await keys.isAuthorized(housed, detection.home, account, key())).toBe(false);
          const { edits } = await keys.authorize(housed, detection.home, account, key());
          expect(edits).toHaveLength(1);
          const [edit] = edits;
          if (!edit || !('content' in edit)) throw new Error('no content');
          const after = housed.with({ [edit.path]: edit.content });
          expect(await keys.isAuthorized(after, detection.home, account, key())).toBe(true);
          expect((await keys.authorize(after, detection.home, account, key())).edits).toEqual([]);
          letIn += 1;
        } catch (error) {
          if (!isRescueError(error)) throw error;
          expect(['home-missing', 'keys-refused', 'no-such-account']).toContain(error.code);
        }
      }
      expect(letIn, `${profile.id}: ${people.map((each) => each.name)}`).toBeGreaterThan(0);
    }
  });

  test('backups lie around its own home, and its key is read where it keeps it, or not at all', async () => {
    const { tree, found } = await systems();
    for (const { profile, detection } of found) {
      const { backups } = profile;
      if (!backups) continue;
      const { home } = detection;
      for (const folder of backups.foldersOf(home))
        expect(folder.startsWith(home.slice(0, home.lastIndexOf('/')))).toBe(true);
      const store = `${home}/.storage/backup`;
      const withStore = (content: string) => tree.with({ [store]: content });
      const kept = { version: 1, data: { config: { create_backup: { password: 'ABCD-1234' } } } };
      expect(await backups.readKey(withStore(JSON.stringify(kept)), home)).toBe('ABCD-1234');
      for (const spoilt of ['', '{', '[]', '{"data":{"config":{"create_backup":{"password":7}}}}'])
        expect(await backups.readKey(withStore(spoilt), home)).toBeUndefined();
      expect(await backups.readVersion(tree.with({ [`${home}/.HA_VERSION`]: '2026.8.1\n' }), home)).toBe('2026.8.1');
      for (const spoilt of ['', '../../etc', 'a b', '\u0000'])
        expect(await backups.readVersion(tree.with({ [`${home}/.HA_VERSION`]: spoilt }), home)).toBeUndefined();
    }
  });

  test('landmarks have each their own name, and a path from the top or from its home', async () => {
    const { found } = await systems();
    for (const { profile } of found) {
      const names = (profile.landmarks ?? []).map((landmark) => landmark.name);
      expect(new Set(names).size).toBe(names.length);
      for (const { paths } of profile.landmarks ?? []) expect(paths.length).toBeGreaterThan(0);
    }
  });
});
