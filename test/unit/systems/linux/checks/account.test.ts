import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../../../src/model/finding.ts';
import { findingsOf } from '../../../../support/checking.ts';
import { type FixtureFiles, folder, symlink } from '../../../../support/fixture-tree.ts';
import { bob, day, hash, linux, noClockMs, nowMs, today } from '../../../../support/small-linux.ts';

const homes: FixtureFiles = { '/root': folder, '/home/bob': folder, '/bin/bash': '', '/bin/sh': '' };
const check = (shadow: string, more: FixtureFiles = {}, passwd = bob, atMs = nowMs) =>
  findingsOf(linux(passwd, shadow, { ...homes, ...more }), 'bob', { nowMs: atMs }).then((findings) =>
    findings.filter(({ code }) => code !== 'home-not-own'),
  );
const good = `bob:${hash}:20000:0:99999:7:::\n`;
/** What a cure makes of a file. */
const cured = (finding: Finding | undefined, before: string): string | undefined => {
  const [edit] = finding?.cure?.edits ?? [];
  return edit?.kind === 'amend' ? Buffer.from(edit.amend(Buffer.from(before))).toString() : undefined;
};

test('nothing is found about an account that is in order', async () => {
  expect(await check(good)).toEqual([]);
});

describe('the password', () => {
  test.each([
    [`!${hash}`, hash],
    [`!!${hash}`, hash],
    [`*${hash}`, hash],
  ])('%s is a lock, and %s counts again', async (field, after) => {
    const shadow = `bob:${field}:20000:0:99999:7:::\n`;
    const [finding, ...others] = await check(shadow);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      ...{ id: 'password-locked', isShut: true, certainty: 'certain', path: '/etc/shadow', line: 2 },
      ...{ details: { user: 'bob', hasHash: true }, cure: { isOwnLock: true } },
    });
    expect(cured(finding, `root:x\n${shadow}eve:!:::`)).toBe(`root:x\nbob:${after}:20000:0:99999:7:::\neve:!:::`);
  });

  test.each(['!', '*', '!!', '!*', '*LK*', '!x'])('%s is a lock without a password behind it', async (field) => {
    const [finding] = await check(`bob:${field}:20000::::::\n`);
    expect(finding).toMatchObject({ code: 'password-locked', details: { hasHash: false } });
    expect(finding?.cure).toBeUndefined();
  });

  test('in passwd itself', async () => {
    const passwd = bob.replace(':x:', `:!${hash}:`);
    const [finding] = await check('', {}, passwd);
    expect(finding).toMatchObject({ code: 'password-locked', path: '/etc/passwd', line: 2 });
    expect(cured(finding, passwd)).toBe(bob.replace(':x:', `:${hash}:`));
  });

  test('none, and what is no hash', async () => {
    expect(await check('bob::20000::::::\n')).toMatchObject([{ code: 'no-password', doors: ['ssh-password'] }]);
    expect(await check('bob:x:20000::::::\n')).toMatchObject([{ code: 'password-unusable' }]);
  });

  test('an account that stands only in passwd gets a line, without a password', async () => {
    const [finding] = await check('eve:*:::::::\n');
    expect(finding).toMatchObject({ code: 'no-shadow-line', cure: { isOwnLock: true } });
    expect(cured(finding, 'eve:*:::::::\n')).toBe('eve:*:::::::\nbob:!:::::::\n');
  });

  const yescrypt = '$y$j9T$xSZ0n9Yk3cQ1mTj5Vb8Lw/$WpQoMyRQece6GBikx8rmWA3dBdH069wxKPGe5LkZoy2';
  const md5 = '$1$salt$qJH7.N4xYta3aEG/dfqo/0';
  test.each([
    [yescrypt, { '/lib/ld-musl-x86_64.so.1': '' }, 'musl'],
    [yescrypt, { '/lib/x86_64-linux-gnu/libcrypt-2.28.so': '' }, 'glibc 2.28'],
    [`$6$saltsalt$${'a'.repeat(86)}`, { '/lib/libcrypt-2.5.so': '' }, 'glibc 2.5'],
  ])('%s is not known to every libc', async (field, libraries, libc) => {
    const [finding] = await check(`bob:${field}:20000::::::\n`, libraries);
    expect(finding).toMatchObject({ code: 'hash-unknown', details: { libc } });
  });

  test.each([
    [yescrypt, { '/usr/lib/x86_64-linux-gnu/libcrypt.so.1.1.0': '' }],
    [yescrypt, { '/lib64/libcrypt.so.2.0.0': '' }],
    [yescrypt, {}],
    [md5, { '/lib/libcrypt-2.5.so': '' }],
    [`$6$saltsalt$${'a'.repeat(86)}`, { '/lib/ld-musl-aarch64.so.1': '' }],
  ])('%s is known to %j', async (field, libraries) => {
    expect(await check(`bob:${field}:20000::::::\n`, libraries)).toEqual([]);
  });
});

describe('dates', () => {
  test('an expiry that is past is emptied', async () => {
    const shadow = `bob:${hash}:20000:0:99999:7::${day(today)}:\n`;
    const [finding, ...others] = await check(shadow);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'account-expired', details: { date: today }, cure: { isOwnLock: true } });
    expect(cured(finding, shadow)).toBe(`bob:${hash}:20000:0:99999:7:::\n`);
    expect(await check(`bob:${hash}:20000:0:99999:7::${day(today) + 1}:\n`)).toEqual([]);
  });

  test('a password that has grown too old counts as new', async () => {
    const shadow = `bob:${hash}:20000:0:90:7:14::\n`;
    const [finding, ...others] = await check(shadow);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'password-too-old', isShut: true });
    expect(cured(finding, shadow)).toBe(`bob:${hash}:${day(today)}:0:90:7:14::\n`);
  });

  test.each([`bob:${hash}:0:0:99999:7:::\n`, `bob:${hash}:20000:0:90:7:::\n`])(
    'another password is asked for: %s',
    async (shadow) => {
      const [finding] = await check(shadow);
      expect(finding).toMatchObject({ code: 'password-change-due', isShut: false });
      expect(cured(finding, shadow)).toContain(`:${day(today)}:0:`);
    },
  );

  test('with a clock at 1970, the day that the disk knows counts', async () => {
    const shadow = `bob:${hash}:20000:0:90:7:14:${day('2026-03-01')}:\n`;
    const codes = (findings: readonly Finding[]) => findings.map(({ code }) => code);
    const tree = linux(bob, shadow, homes);
    const { writtenAtMs } = { writtenAtMs: nowMs };
    const volume = { filesystem: { type: 'ext4', state: 'clean', writtenAtMs } } as never;
    const found = await findingsOf(tree, 'bob', { nowMs: noClockMs, volume });
    expect(codes(found).slice(0, 2)).toEqual(['account-expired', 'password-too-old']);
    expect(cured(found[1], shadow)).toBe(`bob:${hash}:${day(today)}:0:90:7::${day('2026-03-01')}:\n`);
    // Nobody knows more than that Sparekey exists: what had passed by then has passed.
    expect(codes(await check(shadow, {}, bob, noClockMs))).toEqual(['password-too-old']);
  });
});

describe('the shell', () => {
  const withShell = (shell: string) => bob.replace('/bin/bash', shell);

  test.each(['/usr/sbin/nologin', '/bin/false'])('%s lets nobody in, and becomes bash', async (shell) => {
    const [finding] = await check(good, {}, withShell(shell));
    expect(finding).toMatchObject({ code: 'shell-refuses', path: '/etc/passwd', line: 2, details: { shell } });
    expect(cured(finding, withShell(shell))).toBe(bob);
  });

  test('one that is not installed any more, also through links', async () => {
    const [finding] = await check(good, { '/usr/bin/env': '' }, withShell('/usr/bin/fish'));
    expect(finding).toMatchObject({ code: 'shell-missing', details: { shell: '/usr/bin/fish' } });
    expect(cured(finding, withShell('/usr/bin/fish'))).toBe(bob);
    const merged = { '/bin/bash': null, '/bin/sh': null, '/bin': symlink('usr/bin'), '/usr/bin/bash': '' };
    const tree = linux(withShell('/bin/zsh'), good, homes).with(merged);
    expect((await findingsOf(tree)).map(({ code }) => code)).toContain('shell-missing');
    expect((await findingsOf(linux(bob, good, homes).with(merged))).map(({ code }) => code)).not.toContain(
      'shell-missing',
    );
  });

  test('nothing is said of shells where programs are on another volume', async () => {
    const tree = linux(withShell('/usr/bin/fish'), good, { '/home/bob': folder, '/usr': folder });
    expect((await findingsOf(tree)).map(({ code }) => code)).not.toContain('shell-missing');
  });

  test('an empty field is /bin/sh', async () => {
    expect(await check(good, {}, withShell(''))).toEqual([]);
  });

  test('one that /etc/shells does not list, only where the system insists', async () => {
    const files = {
      '/etc/shells': '# comment\n/bin/sh\n/bin/dash',
      '/etc/pam.d/vsftpd': 'auth required pam_shells.so\n',
    };
    expect(await check(good, files)).toEqual([]);
    const insisting = { ...files, '/etc/pam.d/login': 'auth  required  pam_shells.so\n' };
    const [finding] = await check(good, insisting);
    expect(finding).toMatchObject({ code: 'shell-not-listed', doors: ['console'], cure: { isOwnLock: false } });
    expect(cured(finding, files['/etc/shells'])).toBe('# comment\n/bin/sh\n/bin/dash\n/bin/bash\n');
  });
});

describe('failed logins', () => {
  const stack = { '/etc/pam.d/common-auth': 'auth required pam_faillock.so preauth\n' };
  const kept = { ...stack, '/etc/security/faillock.conf': '# x\ndir = /var/lib/faillock\nunlock_time = 0\n' };
  const tally = (times: readonly number[], status = 1) =>
    Buffer.concat(
      times.map((seconds) => {
        const record = Buffer.alloc(64);
        record.write('tty1');
        record.writeUInt16LE(status, 54);
        record.writeBigUInt64LE(BigInt(seconds), 56);
        return record;
      }),
    );
  const at = Math.floor(nowMs / 1000) - 5000;
  const file = '/var/lib/faillock/bob';

  test('three within a quarter of an hour lock the account for good', async () => {
    const [finding] = await check(good, { ...kept, [file]: tally([at, at + 10, at + 20]) });
    expect(finding).toMatchObject({ code: 'faillock', path: file, details: { user: 'bob', failures: 3 } });
    expect(cured(finding, 'x')).toBe('');
  });

  test.each<[string, FixtureFiles]>([
    ['two', { ...kept, [file]: tally([at, at + 10]) }],
    ['records that do not count', { ...kept, [file]: tally([at, at, at, at], 2) }],
    ['too far apart', { ...kept, [file]: tally([at, at + 1000, at + 2000]) }],
    ['a folder that is gone after a restart', { ...stack, '/var/run/faillock/bob': tally([at, at, at]) }],
    ['a stack without it', { ...kept, '/etc/pam.d/common-auth': '', [file]: tally([at, at, at]) }],
    [
      'a lock that has opened by itself',
      { ...kept, '/etc/security/faillock.conf': 'dir=/var/lib/faillock', [file]: tally([at, at, at]) },
    ],
  ])('%s lock nobody', async (_, files) => {
    expect(await check(good, files)).toEqual([]);
  });

  test('arguments of the module count before the file, and the hour of opening is told', async () => {
    const files = {
      '/etc/pam.d/system-auth': `auth required pam_faillock.so authfail deny=2 dir=/srv/f unlock_time=6000\n`,
    };
    const [finding] = await check(good, { ...files, '/srv/f/bob': tally([at, at]) });
    expect(finding).toMatchObject({ code: 'faillock', details: { failures: 2, until: (at + 6000) * 1000 } });
  });
});

describe('failed logins, as pam_tally2 counts them', () => {
  const record = (failures: number, secondsAgo = 60) => {
    const bytes = Buffer.alloc(1001 * 64);
    bytes.writeUInt16LE(failures, 1000 * 64 + 54);
    bytes.writeBigUInt64LE(BigInt(Math.floor(nowMs / 1000) - secondsAgo), 1000 * 64 + 56);
    return bytes;
  };
  const stack = (args: string) => ({ '/etc/pam.d/sshd': `auth required pam_tally2.so ${args}\n` });

  test('as many as are allowed lock the account, and its record is emptied', async () => {
    const [finding] = await check(good, { ...stack('deny=5'), '/var/log/tallylog': record(5) });
    expect(finding).toMatchObject({
      ...{ code: 'login-tally', details: { failures: 5 } },
      cure: { edits: [{ kind: 'patch', path: '/var/log/tallylog', offsetBytes: 64_000, content: new Uint8Array(64) }] },
    });
  });

  test.each<[string, FixtureFiles]>([
    ['fewer', { ...stack('deny=5'), '/var/log/tallylog': record(4) }],
    ['a stack that only counts', { ...stack(''), '/var/log/tallylog': record(50) }],
    ['long ago', { ...stack('deny=5 unlock_time=50'), '/var/log/tallylog': record(50) }],
    ['another file', { ...stack('deny=5 file=/var/log/other'), '/var/log/tallylog': record(50) }],
    ['a file that ends before', { ...stack('deny=5'), '/var/log/tallylog': record(50).subarray(0, 64_000) }],
  ])('%s: nothing', async (_, files) => {
    expect(await check(good, files)).toEqual([]);
  });
});

test('a home that is gone, but not one on a volume of its own', async () => {
  const without = linux(bob, good, { '/home/eve': folder });
  expect(await findingsOf(without)).toMatchObject([{ code: 'home-missing', doors: ['desktop', 'ssh-key'] }]);
  expect(await findingsOf(without.with({ '/etc/fstab': 'UUID=1 /home ext4 defaults 0 2\n' }))).toEqual([]);
});
