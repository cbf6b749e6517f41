import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createDebianDisk, forgotten, opensDebianUser } from '../../support/debian-disk.ts';
import { resetArgs, sparekey, sparekeyJson } from '../../support/sparekey.ts';
import { run } from '../../support/tools.ts';

/** Long enough to pass SHA-crypt's block sizes, and not ASCII: what a person might type all the same. */
const password = `Zoé’s spare key, ${'x'.repeat(64)}`;

const folder = mkdtempSync(join(tmpdir(), 'sparekey-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a real Debian, judged by its own PAM', () => {
  const disk = createDebianDisk(join(folder, 'debian.img'));
  const { path } = disk;

  test('is recognised, with the state of every account', () => {
    const { document } = sparekeyJson(['scan', '--disk', path]);
    expect(document.systems).toMatchObject([
      { id: 'debian@debian.img:2', profile: 'debian', name: 'Debian GNU/Linux', hostname: 'debian' },
    ]);
    const [{ accounts, version }] = document.systems;
    expect(run('debugfs', ['-R', 'cat /etc/debian_version', `${path}?offset=${disk.root.offsetBytes}`]).trim()).toBe(
      version,
    );
    expect(accounts).toMatchObject([
      { name: 'root', isAdministrator: true, login: 'password' },
      { name: 'alice', displayName: 'Alice Martin', login: 'password', notes: [] },
      { name: 'bob', login: 'password', notes: [] },
      { name: 'carol', login: 'nothing', notes: ['locked'] },
      { name: 'dave', login: 'nothing', notes: ['expired'] },
      { name: 'erin', login: 'key', notes: ['locked', 'key-only'] },
    ]);
  });

  test.each([
    ['root', [], [], forgotten.root],
    ['alice', [], [], forgotten.alice],
    ['bob', [], [], forgotten.bob],
    ['carol, who was locked,', ['--unlock'], ['lift-lock'], undefined],
    ['dave, whose account had expired,', [], ['clear-expiry'], undefined],
    ['erin, who had a key only,', ['--unlock'], ['lift-lock'], undefined],
  ])('%s gets in with the new password, and after undo no more', (who, more, effects, old) => {
    const user = who.replace(/,.*/, '');
    expect(opensDebianUser(disk, user, password)).toBe(false);
    if (old) expect(opensDebianUser(disk, user, old)).toBe(true);

    const { outcome, document } = sparekeyJson([...resetArgs(path, user), ...more], password);
    expect(outcome.exitCode).toBe(0);
    const kinds = document.plan.changes[0].effects.map(({ kind }: { kind: string }) => kind);
    expect(kinds.sort()).toEqual([...effects, 'set-password'].sort());
    expect(opensDebianUser(disk, user, password)).toBe(true);
    if (old) expect(opensDebianUser(disk, user, old)).toBe(false);

    expect(sparekey(['undo', '--disk', path, '--yes']).exitCode).toBe(0);
    expect(opensDebianUser(disk, user, password)).toBe(false);
    if (old) expect(opensDebianUser(disk, user, old)).toBe(true);
  });
});
