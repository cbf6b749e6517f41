import { describe, expect, test } from 'vitest';
import { createDebianDisk } from '../../support/debian-disk.ts';
import { sha256 } from '../../support/disk-image.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { sparekey, sparekeyJson } from '../../support/sparekey.ts';

const at = scratchFolder('check');

describe('check on a real Debian', () => {
  const { path } = createDebianDisk(at('debian.img'));
  const idsOf = (user: string) => {
    const { outcome, document } = sparekeyJson(['check', '--disk', path, '--user', user]);
    expect(outcome.exitCode).toBe(0);
    expect(document).toMatchObject({ version: 1, checks: [{ system: 'debian@debian.img:2', user }] });
    return document.checks[0].findings.map(({ id }: { id: string }) => id);
  };

  test('finds what is wrong with each account, nothing else, and writes nothing', () => {
    const before = sha256(path);
    expect(
      Object.fromEntries(['root', 'alice', 'bob', 'carol', 'dave', 'erin'].map((user) => [user, idsOf(user)])),
    ).toEqual({
      ...{ root: [], alice: [], bob: [] },
      ...{ carol: ['password-locked'], dave: ['account-expired'], erin: ['password-locked'] },
    });
    expect(sha256(path)).toBe(before);
  });

  test('says it in plain words, in both languages, with the place and the way out', () => {
    const carol = sparekey(['check', '--disk', path, '--user', 'carol']);
    expect(carol.stdout).toMatch(
      /^“carol” on debian@debian.img:2\n {2}- The password of “carol” is locked.\n {6}Shut: console, desktop, SSH with password, sudo\n {6}\/etc\/shadow, line \d+\n {6}Can be cured: password-locked\n/,
    );
    expect(carol.stdout).toMatch(
      /\n {2}Ways in for “carol”, with the right password or key:\n {4}console: shut\. The password of “carol” is locked \(\/etc\/shadow, line \d+\)\n$/,
    );
    expect(sparekey(['check', '--disk', path, '--user', 'alice']).stdout).toContain('    console: open\n');
    expect(sparekey(['check', '--disk', path, '--user', 'alice', '--lang', 'fr']).stdout).toContain(
      'Rien n’a été trouvé qui empêche d’entrer.',
    );
  });

  test('without an account, of every system what concerns everybody', () => {
    const { document } = sparekeyJson(['check', '--disk', path]);
    expect(document.checks).toEqual([{ system: 'debian@debian.img:2', findings: [] }]);
    const { document: ofErin } = sparekeyJson(['check', '--disk', path, '--user', 'erin']);
    expect(ofErin.checks[0].doors).toMatchObject([
      {
        door: 'console',
        state: 'shut',
        because: [{ id: 'password-locked', certainty: 'certain', path: '/etc/shadow' }],
      },
    ]);
    expect(sparekey(['check', '--disk', path, '--user', 'nobody-at-all']).exitCode).toBe(4);
  });
});
