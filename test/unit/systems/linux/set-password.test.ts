import { describe, expect, test } from 'vitest';
import { isRescueError } from '../../../../src/model/errors.ts';
import { Secret } from '../../../../src/model/secret.ts';
import { linuxAccounts } from '../../../../src/systems/linux/accounts.ts';
import { memoryTree } from '../../../support/fixture-tree.ts';
import { opensHash } from '../../../support/libcrypt.ts';
import { seededRandom } from '../../../support/random.ts';
import {
  bob,
  day,
  hash,
  linux,
  list,
  noClockMs,
  nowMs,
  root,
  setPassword,
  today,
} from '../../../support/small-linux.ts';

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
