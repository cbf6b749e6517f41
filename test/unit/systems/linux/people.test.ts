import { describe, expect, test } from 'vitest';
import type { Account } from '../../../../src/model/account.ts';
import type { FixtureFiles } from '../../../support/fixture-tree.ts';
import { bob, bobOf, day, hash, key, linux, list, noClockMs, today } from '../../../support/small-linux.ts';

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
