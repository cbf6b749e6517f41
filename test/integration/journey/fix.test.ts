import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { createDebianDisk, type DebianDisk, forgotten } from '../../support/debian-disk.ts';
import { withMounted } from '../../support/recovery.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { sparekey, sparekeyJson, sparekeyOnTerminal } from '../../support/sparekey.ts';

/** Cures on a real Debian, whose own su says afterwards who gets in, and with which password. */

const at = scratchFolder('fix');
let disk: DebianDisk;
let options: string;

/** Runs a script in the Debian, as its administrator would have. */
const inside = (script: string): string => withMounted(disk.path, `rw,${options}`, 'chroot "$1" sh -ec "$2"', [script]);

/** Everything in /etc and in the folder of failures, by foreign tools. */
const stateOf = (): string =>
  withMounted(
    disk.path,
    `ro,noload,${options}`,
    `cd "$1" && find etc srv -printf '%P %y %m %U:%G %s\\n' | sort && find etc srv -type f -exec sha256sum {} + | sort`,
  );

/** Writable, because pam_faillock opens its records to write. */
const opens = (user: string, password: string): boolean =>
  withMounted(
    disk.path,
    `rw,${options}`,
    'printf "%s\\n" "$3" | chroot --userspec=nobody:nogroup "$1" su --command="echo in" "$2" 2>&1 || true',
    [user, password],
  ).endsWith('in\n');

const fix = (user: string, ...more: readonly string[]) =>
  sparekeyJson(['fix', ...more, '--disk', disk.path, '--user', user, '--yes']);

beforeAll(() => {
  disk = createDebianDisk(at('debian.img'));
  options = `offset=${disk.root.offsetBytes},sizelimit=${disk.root.sizeBytes}`;
  inside(
    [
      // bob: everything at once.
      'usermod --lock --expiredate 2020-01-31 --shell /usr/sbin/nologin bob',
      'chage --maxdays 10 --inactive 5 --lastday 2020-01-01 bob',
      "sed -i '1i auth required pam_faillock.so preauth' /etc/pam.d/common-auth",
      'mkdir -p /srv/faillock && printf "dir=/srv/faillock\\nunlock_time=0\\n" >/etc/security/faillock.conf',
      `perl -e 'print pack("a52vvQ<", "tty1", 0, 1, time) x 3' >/srv/faillock/bob && chown bob /srv/faillock/bob && chmod 660 /srv/faillock/bob`,
      'echo later >/etc/nologin',
    ].join(' && '),
  );
});

describe('the locks on an account', () => {
  test('are lifted in one plan, and put back byte for byte', () => {
    const before = stateOf();
    expect(opens('bob', forgotten.bob)).toBe(false);
    const { outcome, document } = fix('bob');
    expect(outcome.exitCode).toBe(0);
    expect(document.plan).toMatchObject({
      ...{ task: 'fix', user: 'bob', system: 'debian@debian.img:2' },
      findings: ['password-locked', 'account-expired', 'password-too-old', 'faillock', 'shell-refuses'],
    });
    // One change for each file, however many cures it takes.
    expect(document.plan.changes.map(({ path }: { path: string }) => path)).toEqual([
      ...['/etc/shadow', '/srv/faillock/bob', '/etc/passwd'],
    ]);
    // What concerns everybody is told, and not done.
    expect(JSON.stringify(document)).toContain('nologin');
    expect(opens('bob', forgotten.bob)).toBe(true);
    expect(sparekeyJson(['check', '--disk', disk.path, '--user', 'bob']).document.checks[0].findings).toMatchObject([
      { id: 'nologin-file' },
    ]);
    expect(sparekey(['undo', document.journal.id, '--disk', disk.path, '--yes']).exitCode).toBe(0);
    expect(stateOf()).toBe(before);
    expect(opens('bob', forgotten.bob)).toBe(false);
  });

  test('one that is named is lifted alone; one that is not there is refused with those that are', () => {
    const before = stateOf();
    const { document } = fix('bob', 'nologin-file');
    expect(document.plan.changes).toMatchObject([{ kind: 'remove-file', path: '/etc/nologin' }]);
    expect(sparekey(['undo', document.journal.id, '--disk', disk.path, '--yes']).exitCode).toBe(0);
    expect(stateOf()).toBe(before);
    const wrong = sparekey(['fix', 'selinux', '--disk', disk.path, '--user', 'bob', '--yes']);
    expect(wrong.exitCode).toBe(4);
    expect(wrong.stderr).toContain('nologin-file, password-locked');
    expect(stateOf()).toBe(before);
  });

  test('where nothing is wrong there is nothing to do', () => {
    const { outcome, document } = sparekeyJson(['fix', '--disk', disk.path, '--user', 'alice', '--dry-run']);
    expect(outcome.exitCode).toBe(0);
    expect(document.plan.changes).toEqual([]);
  });

  test('without a yes nothing is changed', () => {
    const before = stateOf();
    const { exitCode, stderr } = sparekey(['fix', '--disk', disk.path, '--user', 'bob']);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('/srv/faillock/bob');
    expect(stateOf()).toBe(before);
  });

  test('on a terminal they are asked one by one', async () => {
    // The second of six cures, and no to the plan that comes of it.
    const answers = ['n', 'o', 'n', 'n', 'n', 'n', 'n'];
    const { exitCode, screen } = await sparekeyOnTerminal(
      ['fix', '--disk', disk.path, '--user', 'bob', '--lang', 'fr'],
      answers.map((answer) => ['[o/N]', `${answer}\r`] as const),
    );
    expect(exitCode).toBe(3);
    expect(screen).toMatch(/nologin refuse.*est verrouillé.*a expiré.*trop vieux.*échecs.*nologin/s);
    const plan = screen.slice(screen.lastIndexOf('Plan: '));
    expect(plan).toContain('/etc/shadow');
    expect(plan).not.toContain('/etc/passwd —');
  });
});

test('a job fixes, and its report says so', () => {
  writeFileSync(
    at('sparekey.yaml'),
    'version: 1\nsteps:\n  - fix: { user: dave }\n  - fix: { user: carol, findings: [password-locked, nologin-file] }\n',
  );
  const { exitCode } = sparekey(['run', at('sparekey.yaml'), '--disk', disk.path]);
  expect(readFileSync(at('sparekey-report.txt'), 'utf8')).toContain('what was to be put right is found no more');
  expect(exitCode).toBe(0);
  expect(opens('dave', 'dave')).toBe(true);
  expect(inside('ls /etc')).not.toContain('nologin');
});

test('a new password and cures stand in one plan', () => {
  const args = [
    'reset-password',
    '--disk',
    disk.path,
    '--user',
    'bob',
    '--password-file',
    '-',
    '--yes',
    '--fix',
    'all',
  ];
  const { outcome, document } = sparekeyJson(args, 'a new one');
  expect(outcome.exitCode).toBe(0);
  const effects = document.plan.changes.flatMap((change: { effects: { kind: string }[] }) =>
    change.effects.map(({ kind }) => kind),
  );
  expect(effects).toEqual([...['set-password', 'lift-lock', 'clear-expiry', 'forget-failures', 'set-shell']]);
  expect(opens('bob', 'a new one')).toBe(true);
});
