import { describe, expect, test } from 'vitest';
import type { Account } from '../../../../src/model/account.ts';
import { isRescueError } from '../../../../src/model/errors.ts';
import { Secret } from '../../../../src/model/secret.ts';
import { linuxAccounts } from '../../../../src/systems/linux/accounts.ts';
import { type FixtureFiles, folder, memoryTree, other, symlink } from '../../../support/fixture-tree.ts';
import { opensHash } from '../../../support/libcrypt.ts';
import { seededRandom } from '../../../support/random.ts';

const day = (date: string): number => Date.parse(`${date}T12:00:00Z`) / 86_400_000 - 0.5;
const today = '2026-11-21';
const nowMs = Date.parse(`${today}T09:00:00Z`);
const noClockMs = Date.UTC(1970, 0, 1, 0, 3);

const root = 'root:x:0:0:root:/root:/bin/bash\n';
const hash = '$6$salt$hash';
const linux = (passwd: string, shadow: string, more: FixtureFiles = {}) =>
  memoryTree({ '/etc/passwd': root + passwd, '/etc/shadow': `root:${hash}:19000::::::\n${shadow}`, ...more });
const bob = 'bob:x:1000:1000:Bob,,,:/home/bob:/bin/bash\n';
const key = 'ssh-ed25519 AAAA bob@laptop\n';

const list = (tree: ReturnType<typeof linux>, atMs = nowMs) => linuxAccounts.list(tree, '/', atMs);
const bobOf = async (
  shadow: string,
  more: FixtureFiles = {},
  passwd = bob,
  atMs = nowMs,
): Promise<Account | undefined> => (await list(linux(passwd, shadow, more), atMs)).find(({ name }) => name === 'bob');

describe('who is listed', () => {
  test('root and the user ids of login.defs', async () => {
    const passwd = ['a:500', 'b:999', 'c:1000', 'd:60000', 'e:60001', 'nobody:65534', 'toor:0']
      .map((each) => `${each.replace(':', ':x:')}:100::/:/bin/sh\n`)
      .join('');
    const names = async (more: FixtureFiles) => (await list(linux(passwd, '', more))).map(({ name }) => name);
    expect(await names({})).toEqual(['root', 'c', 'd', 'toor']);
    expect(await names({ '/etc/login.defs': 'UID_MIN 500\nUID_MAX 999\n' })).toEqual(['root', 'a', 'b', 'toor']);
  });

  test('administrators: uid 0, members of sudo, wheel or admin, or with one of them as own group', async () => {
    const passwd = ['a:1000:1', 'b:1001:1', 'c:1002:27', 'd:1003:1']
      .map((each) => `${each.replace(':', ':x:')}::/:/bin/sh\n`)
      .join('');
    const accounts = await list(linux(passwd, '', { '/etc/group': 'sudo:x:27:x,a\nwheel:x:10:b\nadm:x:4:d\n' }));
    expect(accounts.filter(({ isAdministrator }) => isAdministrator).map(({ name }) => name)).toEqual([
      'root',
      'a',
      'b',
      'c',
    ]);
  });

  test('the full name is the first part of the GECOS field', async () => {
    expect(await bobOf('')).toMatchObject({ displayName: 'Bob' });
    expect(await bobOf('', {}, 'bob:x:1000:1000:,,,:/home/bob:/bin/sh\n')).not.toHaveProperty('displayName');
  });
});

describe('what is noted', () => {
  const cases: readonly (readonly [what: string, shadow: string, login: Account['login'], notes: Account['notes']])[] =
    [
      ['a hash', `bob:${hash}:20000:0:99999:7:::\n`, 'password', []],
      ['a locked hash', `bob:!${hash}:20000:0:99999:7:::\n`, 'nothing', ['locked']],
      ['a bare lock', 'bob:*:20000:0:99999:7:::\n', 'nothing', ['locked']],
      ['no password', 'bob::20000:0:99999:7:::\n', 'anyone', ['no-password']],
      ['no shadow line', '', 'nothing', []],
      ['expired today', `bob:${hash}:20000:0:99999:7::${day(today)}:\n`, 'nothing', ['expired']],
      ['expires tomorrow', `bob:${hash}:20000:0:99999:7::${day(today) + 1}:\n`, 'password', []],
      ['to be changed', `bob:${hash}:0:0:99999:7:::\n`, 'password', ['password-expired']],
      ['too old', `bob:${hash}:${day(today) - 91}:0:90:7:::\n`, 'password', ['password-expired']],
      ['just not too old', `bob:${hash}:${day(today) - 90}:0:90:7:::\n`, 'password', []],
      ['closed for age', `bob:${hash}:${day(today) - 98}:0:90:7:7::\n`, 'nothing', ['password-expired']],
      ['ageing off', `bob:${hash}::0:90:7:7::\n`, 'password', []],
    ];
  test.each(cases)('%s', async (_, shadow, login, notes) => {
    expect(await bobOf(shadow)).toMatchObject({ login, notes });
  });

  test('a shell that lets nobody in', async () => {
    const passwd = bob.replace('/bin/bash', '/usr/sbin/nologin');
    expect(await bobOf(`bob:${hash}:::::::\n`, {}, passwd)).toMatchObject({
      login: 'nothing',
      notes: ['no-login-shell'],
    });
  });

  test('a key beside a lock opens the account; comments are no keys', async () => {
    const withKeys = (text: string) => bobOf('bob:!:::::::\n', { '/home/bob/.ssh/authorized_keys': text });
    expect(await withKeys(`\n# mine\n${key}`)).toMatchObject({ login: 'key', notes: ['locked', 'key-only'] });
    expect(await withKeys('\n  # mine\n\n')).toMatchObject({ login: 'nothing', notes: ['locked'] });
  });

  test('the first of two lines counts, in passwd and in shadow', async () => {
    const twice = await bobOf(`bob:!:::::::\nbob:${hash}:::::::\n`, {}, `${bob}bob:${hash}:0:0::/:/bin/sh\n`);
    expect(twice).toMatchObject({ login: 'nothing', notes: ['locked', 'duplicate-name'], isAdministrator: false });
    expect((await list(linux(`${bob}${bob}`, ''))).map(({ name }) => name)).toEqual(['root', 'bob']);
  });

  test('a hash in passwd counts, whatever shadow says', async () => {
    const account = await bobOf('bob:!:::::::\n', {}, bob.replace(':x:', `:${hash}:`));
    expect(account).toMatchObject({ login: 'password', notes: ['hash-in-passwd'] });
  });

  test('with a clock at 1970 only what expired before any possible today is expired', async () => {
    const at = async (expiry: number) => (await bobOf(`bob:${hash}:20000:::::${expiry}:\n`, {}, bob, noClockMs))?.notes;
    expect(await at(day('2025-12-31'))).toEqual(['expired']);
    expect(await at(day('2026-06-01'))).toEqual([]);
  });
});

const setPassword = async (
  tree: ReturnType<typeof linux>,
  { name = 'bob', unlock = false, atMs = nowMs, password = 'new' } = {},
) => {
  const account = (await list(tree, atMs)).find((each) => each.name === name);
  if (!account) throw new Error(`no ${name}`);
  const options = { unlock, nowMs: atMs, randomBytes: seededRandom(3).bytes };
  const { edits, warnings } = await linuxAccounts.setPassword(tree, '/', account, new Secret(password), options);
  const [edit] = edits;
  const content = Buffer.from(edit?.content ?? []).toString('latin1');
  return { path: edit?.path, content, lines: content.split('\n'), effects: edit?.effects, warnings };
};
const codeOf = (action: Promise<unknown>) =>
  action.then(
    () => 'nothing thrown',
    (error) => (isRescueError(error) ? error.code : error),
  );
/** Everything of bob's line but the hash. */
const bobLine = (lines: readonly string[]) => {
  const [name, , ...rest] = lines.find((line) => line.startsWith('bob:'))?.split(':') ?? [];
  return [name, '…', ...rest].join(':');
};

describe('setting a password', () => {
  const effect = { kind: 'set-password', user: 'bob', scheme: 'sha512crypt' };

  test('hash and day change, ageing stays as it was', async () => {
    const { path, lines, effects, warnings } = await setPassword(linux(bob, `bob:${hash}:20000:1:90:7:14::x\n`));
    expect(path).toBe('/etc/shadow');
    expect(bobLine(lines)).toBe(`bob:…:${day(today)}:1:90:7:14::x`);
    expect(effects).toEqual([effect]);
    expect(warnings).toEqual([]);
  });

  test('a lock is lifted only when that is asked for', async () => {
    for (const field of ['!', '*', '!!', `!${hash}`, `*${hash}`]) {
      const tree = linux(bob, `bob:${field}:20000::::::\n`);
      expect(await codeOf(setPassword(tree))).toBe('account-locked');
      const { effects, lines } = await setPassword(tree, { unlock: true });
      expect(effects).toEqual([effect, { kind: 'lift-lock', user: 'bob' }]);
      expect(lines[1]).toMatch(/^bob:\$6\$/);
    }
  });

  test('an expiry is cleared when it is past, and told', async () => {
    const past = await setPassword(linux(bob, `bob:${hash}:20000:::::${day(today) - 1}:\n`));
    expect(bobLine(past.lines)).toBe(`bob:…:${day(today)}::::::`);
    expect(past.effects).toEqual([effect, { kind: 'clear-expiry', user: 'bob' }]);
    const future = await setPassword(linux(bob, `bob:${hash}:20000:::::${day(today) + 1}:\n`));
    expect(bobLine(future.lines)).toBe(`bob:…:${day(today)}:::::${day(today) + 1}:`);
    expect(future.effects).toEqual([effect]);
  });

  test.each([
    ['0', '', 'emptied, or the next login would ask for another password'],
    ['20000', '20000', 'kept'],
    ['', '', 'kept'],
  ])('with an absurd clock the day %j becomes %j: %s', async (before, after) => {
    const { lines, warnings } = await setPassword(linux(bob, `bob:${hash}:${before}::::::\n`), { atMs: noClockMs });
    expect(bobLine(lines)).toBe(`bob:…:${after}::::::`);
    expect(warnings).toEqual([{ code: 'clock-absurd', details: {} }]);
  });

  test.each([
    ['0', String(day(today))],
    ['', ''],
    ['-1', '-1'],
    ['nonsense', 'nonsense'],
  ])('the day %j becomes %j, never 0', async (before, after) => {
    const { lines } = await setPassword(linux(bob, `bob:${hash}:${before}::::::\n`));
    expect(bobLine(lines)).toBe(`bob:…:${after}::::::`);
  });

  test('an account without a shadow line gets one, as with chpasswd', async () => {
    const { content, effects } = await setPassword(linux(bob, 'eve:*:::::::'));
    expect(content).toMatch(new RegExp(`^root:\\S+\\neve:\\*:::::::\\nbob:\\$6\\$[^:]+:${day(today)}::::::$`));
    expect(effects).toEqual([effect, { kind: 'add-shadow-line', user: 'bob' }]);
  });

  test('where the hash stands in passwd, it is replaced there', async () => {
    const { path, content } = await setPassword(linux(bob.replace(':x:', ':$1$old$old:'), 'bob:!:::::::\n'));
    expect(path).toBe('/etc/passwd');
    expect(content).toMatch(
      /^root:x:0:0:root:\/root:\/bin\/bash\nbob:\$6\$[^:]+:1000:1000:Bob,,,:\/home\/bob:\/bin\/bash\n$/,
    );
  });

  test('of twins in passwd and shadow the first line is written, the one that libc reads', async () => {
    const { lines } = await setPassword(linux(bob + bob, `bob:${hash}:1::::::\nbob:other:2::::::\n`));
    expect(lines[1]).toMatch(/^bob:\$6\$(?!salt)/);
    expect(lines[2]).toBe('bob:other:2::::::');
  });

  test.each([
    ['SHA512', '$6$', 'sha512crypt'],
    ['SHA256', '$5$', 'sha256crypt'],
    ['YESCRYPT', '$6$', 'sha512crypt'],
    ['MD5', '$6$', 'sha512crypt'],
  ])('ENCRYPT_METHOD %s gives %s', async (method, prefix, scheme) => {
    const tree = linux(bob, `bob:${hash}:::::::\n`, { '/etc/login.defs': `ENCRYPT_METHOD ${method}\n` });
    const { lines, effects } = await setPassword(tree, { password: 'pässwörd' });
    const written = lines[1]?.split(':')[1] ?? '';
    expect(written.startsWith(prefix)).toBe(true);
    expect(opensHash('pässwörd', written)).toBe(true);
    expect(effects).toEqual([{ ...effect, scheme }]);
  });

  test('without a shadow file there is nothing to write to', async () => {
    const tree = memoryTree({ '/etc/passwd': root + bob });
    expect(await codeOf(setPassword(tree))).toBe('file-missing');
  });

  test('an account that is gone meanwhile', async () => {
    const account = (await list(linux(bob, ''))).at(-1);
    if (!account) throw new Error('bob was there');
    const options = { unlock: false, nowMs, randomBytes: seededRandom(1).bytes };
    const attempt = linuxAccounts.setPassword(linux('', ''), '/', account, new Secret('x'), options);
    expect(await codeOf(attempt)).toBe('no-such-account');
    expect(await linuxAccounts.accepts(linux('', ''), '/', account, new Secret('x'))).toBe(false);
  });
});

describe('what may still keep the door shut', () => {
  const open = `bob:${hash}:20000::::::\n`;
  const codes = async (tree: ReturnType<typeof linux>, name = 'bob') =>
    (await setPassword(tree, { name })).warnings.map(({ code }) => code);

  test('a shell, a twin', async () => {
    const { warnings } = await setPassword(linux(bob.replace('/bin/bash', '/bin/false').repeat(2), open));
    expect(warnings).toEqual([
      { code: 'account-note', details: { user: 'bob', note: 'no-login-shell' } },
      { code: 'account-note', details: { user: 'bob', note: 'duplicate-name' } },
    ]);
  });

  test.each([
    '.ecryptfs/wrapped-passphrase',
    '.local/share/keyrings/login.keyring',
    '.local/share/kwalletd/kdewallet.kwl',
  ])('%s keeps the old password', async (file) => {
    expect(await codes(linux(bob, open, { [`/home/bob/${file}`]: 'x' }))).toEqual(['keyring-keeps-old']);
    expect(await codes(linux(bob, open, { [`/home/eve/${file}`]: 'x' }))).toEqual([]);
  });

  test('NixOS writes its accounts anew', async () => {
    const tree = linux(bob, open, { '/etc/os-release': 'NAME=NixOS\nID=nixos\n' });
    expect((await setPassword(tree)).warnings).toEqual([{ code: 'rewritten-at-boot', details: { system: 'NixOS' } }]);
  });

  test.each<readonly [string, FixtureFiles, boolean]>([
    ['no sshd', {}, false],
    ['the default', { '/etc/ssh/sshd_config': '#PermitRootLogin yes\nUsePAM yes\n' }, true],
    ['yes', { '/etc/ssh/sshd_config': 'PermitRootLogin yes\nPermitRootLogin no\n' }, false],
    ['no first', { '/etc/ssh/sshd_config': 'permitrootlogin=no\nPermitRootLogin yes\n' }, true],
    ['only in a Match', { '/etc/ssh/sshd_config': 'Match User root\nPermitRootLogin yes\n' }, true],
    [
      'a drop-in that stands first',
      {
        '/etc/ssh/sshd_config': 'Include sshd_config.d/*.conf\nPermitRootLogin no\n',
        '/etc/ssh/sshd_config.d/01-a.conf': 'Port 22\n',
        '/etc/ssh/sshd_config.d/02-b.conf': 'PermitRootLogin yes\n',
        '/etc/ssh/sshd_config.d/03-c.conf': 'PermitRootLogin no\n',
      },
      false,
    ],
    [
      'a drop-in of another name',
      {
        '/etc/ssh/sshd_config': 'Include /etc/ssh/sshd_config.d/*.conf\n',
        '/etc/ssh/sshd_config.d/a.conf.bak': 'PermitRootLogin yes\n',
        '/etc/ssh/sshd_config.d/.hidden.conf': 'PermitRootLogin yes\n',
      },
      true,
    ],
    [
      'an include of itself',
      { '/etc/ssh/sshd_config': 'Include sshd_config sshd_config\nPermitRootLogin yes\n' },
      false,
    ],
  ])('root over SSH: %s', async (_, files, isRefused) => {
    expect(await codes(linux('', '', files), 'root')).toEqual(isRefused ? ['root-ssh'] : []);
    expect(await codes(linux(bob, open, files))).toEqual([]);
  });
});

describe('a stranger’s tree', () => {
  test('shadow as an absolute link or a climbing one stays inside', async () => {
    const tree = linux(bob, '', {
      '/etc/shadow': symlink('/../../data/shadow'),
      '/data/shadow': `bob:!${hash}:::::::\n`,
    });
    expect(
      await bobOf('', { '/etc/shadow': symlink('../../../data/shadow'), '/data/shadow': 'bob:!:::::::\n' }),
    ).toMatchObject({ notes: ['locked'] });
    expect((await list(tree)).at(-1)).toMatchObject({ notes: ['locked'] });
  });

  test.each([
    ['a FIFO', other, 'not-a-file'],
    ['a folder', folder, 'not-a-file'],
    ['a loop', symlink('shadow'), 'path-loop'],
    ['gigantic', new Uint8Array(5 << 20), 'file-too-large'],
  ] as const)('shadow as %s is refused in words', async (_, shadow, code) => {
    expect(await codeOf(list(linux(bob, '', { '/etc/shadow': shadow })))).toBe(code);
  });

  test('what only adds to the picture may be anything', async () => {
    const odd = { '/etc/group': other, '/etc/login.defs': folder, '/etc/os-release': symlink('os-release') };
    const more = { '/home/bob/.ssh/authorized_keys': other, '/home/bob/.local': other, '/etc/ssh/sshd_config': folder };
    const account = await bobOf(`bob:!${hash}:::::::\n`, { ...odd, ...more });
    expect(account).toMatchObject({ notes: ['locked'] });
    const tree = linux(bob, `bob:!${hash}:::::::\n`, { ...odd, ...more });
    expect((await setPassword(tree, { unlock: true })).warnings).toEqual([]);
  });

  test('homes that are no paths are not looked into', async () => {
    for (const home of ['', 'relative', '../../..', '/a\0b', `/${'x'.repeat(5000)}`]) {
      const passwd = bob.replace('/home/bob', home);
      expect(await bobOf('bob:!:::::::\n', {}, passwd)).toMatchObject({ login: 'nothing' });
      expect((await setPassword(linux(passwd, 'bob:!:::::::\n'), { unlock: true })).warnings).toEqual([]);
    }
  });

  test('names like an object’s own machinery are only names', async () => {
    const passwd = '__proto__:x:1000:1::/:/bin/sh\nconstructor:x:1001:1::/:/bin/sh\n';
    const tree = linux(passwd, `__proto__:${hash}:::::::\n`);
    expect((await list(tree)).map(({ name, login }) => [name, login])).toEqual([
      ['root', 'password'],
      ['__proto__', 'password'],
      ['constructor', 'nothing'],
    ]);
    expect((await setPassword(tree, { name: '__proto__' })).lines[1]).toMatch(/^__proto__:\$6\$/);
  });

  test('a hundred thousand accounts are listed', async () => {
    const passwd = Array.from(
      { length: 100_000 },
      (_, index) => `u${index}:x:${1000 + (index % 50_000)}:1::/h:/s\n`,
    ).join('');
    expect(await list(linux(passwd, ''))).toHaveLength(100_001);
  });
});
