import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeDataTree } from '../../support/haos-disk.ts';
import { rehearseLogins } from '../../support/home-assistant-login.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { resetArgs, sparekey, sparekeyJson } from '../../support/sparekey.ts';

const at = scratchFolder('names');
const password = 'Kanarienvogel im Schacht 7';

/** The mounted data volume of a household where two spellings of one name are stored. */
const createHousehold = (name: string, version: string): string => {
  const root = at(name);
  mkdirSync(root);
  writeDataTree(root, [
    { username: 'bob', displayName: 'Bob', password: 'forgotten-by-bob', isOwner: true },
    { username: 'Bob', displayName: 'Robert', password: 'forgotten-by-robert' },
  ]);
  writeFileSync(join(root, 'supervisor/homeassistant/.HA_VERSION'), version);
  return root;
};

const dataOf = (root: string, store: string) =>
  JSON.parse(readFileSync(join(root, 'supervisor/homeassistant/.storage', store), 'utf8')).data;

/** Which of the two passwords opens, by the rehearsal of this version of Home Assistant. */
const opens = (root: string, version: string, typed: string, tried: string): boolean => {
  const [provider, auth] = [dataOf(root, 'auth_provider.homeassistant'), dataOf(root, 'auth')];
  return rehearseLogins([{ version, provider, auth, typed, password: tried }])[0]?.opens ?? false;
};

test('bob logs in after his reset, whichever entry his Home Assistant asks, and Robert loses nothing before he has to', () => {
  for (const [version, names] of [
    ['2026.7.4', ['bob', 'Bob']],
    ['2026.9.3', ['bob', 'Bob']],
    ['2026.10.0', ['Bob']],
  ] as const) {
    const root = createHousehold(version, version);
    const { document } = sparekeyJson(['scan', '--disk', root]);
    expect(document.systems[0].accounts.map(({ name }: { name: string }) => name)).toEqual(names);
    const { exitCode, stderr } = sparekey(resetArgs(root, 'bob'), `${password}\n`);
    expect(exitCode, stderr).toBe(0);
    expect(opens(root, version, 'bob', password), version).toBe(true);
    if (version === '2026.7.4') expect(opens(root, version, 'Bob', 'forgotten-by-robert')).toBe(true);
    if (version === '2026.9.3') {
      // The update is the next thing that happens, and then the last entry counts.
      expect(stderr).toContain('all of them get the new password');
      expect(opens(root, '2026.10.0', 'bob', password)).toBe(true);
    }
  }
});
