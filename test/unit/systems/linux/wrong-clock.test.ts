import { describe, expect, test } from 'vitest';
import { parseShadow } from '../../../../src/formats/shadow.ts';
import { PasswordHash } from '../../../../src/model/secret.ts';
import { linuxAccounts } from '../../../../src/systems/linux/accounts.ts';
import { crypt } from '../../../support/libcrypt.ts';
import { seededRandom } from '../../../support/random.ts';
import { bob, day, hash, linux, noClockMs } from '../../../support/small-linux.ts';

/** A hash that was made elsewhere: the days are what this is about. */
const fresh = new PasswordHash(crypt('new', '$6$saltsalt$'));
const dayMs = 86_400_000;
const at = (date: string): number => day(date) * dayMs;

/**
 * Linux-PAM's rules (pam_unix, check_shadow_expiry), as its su on Debian 12 was seen to follow them: an empty field is -1,
 * also where shadow(5) says that it switches ageing off.
 */
const pamSays = (line: string, today: number): 'open' | 'change' | 'closed' => {
  const fields = line.split(':');
  const field = (number: number) => (fields[number - 1] === '' ? -1 : Number(fields[number - 1]));
  const [changed, max, inactive, expiry] = [field(3), field(5), field(7), field(8)];
  if (expiry !== -1 && today >= expiry) return 'closed';
  if (changed === 0) return 'change';
  if (today < changed || max === -1) return 'open';
  if (inactive !== -1 && today - changed > max + inactive) return 'closed';
  return today - changed > max ? 'change' : 'open';
};

interface Clock {
  readonly nowMs: number;
  readonly writtenAtMs?: number;
}

const reset = async (shadow: string, clock: Clock) => {
  const tree = linux(bob, shadow);
  const accounts = await linuxAccounts.list(tree, '/', clock.nowMs, clock.writtenAtMs);
  const account = accounts.find(({ name }) => name === 'bob');
  if (!account) throw new Error('no bob');
  const options = { unlock: false, ...clock, randomBytes: seededRandom(3).bytes };
  const { edits, warnings } = await linuxAccounts.setPassword(tree, '/', account, fresh, options);
  const text = Buffer.from(edits[0]?.content ?? []).toString('latin1');
  const line = text.split('\n').find((each) => each.startsWith('bob:')) ?? '';
  return {
    account,
    warnings,
    effects: edits[0]?.effects.map(({ kind }) => kind),
    line,
    rest: line.replace(/^bob:[^:]*:/, ''),
  };
};

describe('an account that its age has closed', () => {
  const closed = `bob:${hash}:19000:0:90:7:30::\n`;

  test('is judged by the last time that the disk knows, and gets that day', async () => {
    const { account, rest, effects, warnings, line } = await reset(closed, {
      nowMs: noClockMs,
      writtenAtMs: at('2026-11-20'),
    });
    expect(account).toMatchObject({ login: 'nothing', notes: ['password-expired'] });
    expect(rest).toBe(`${day('2026-11-20')}:0:90:7:::`);
    expect(effects).toEqual(['set-password', 'clear-ageing']);
    expect(warnings).toContainEqual({ code: 'clock-absurd', details: {} });
    for (const later of [0, 89, 90]) expect(pamSays(line, day('2026-11-20') + later)).toBe('open');
    expect(pamSays(line, day('2036-11-20'))).toBe('change');
  });

  test('where not even the disk knows the time, it does not age any more', async () => {
    const { line, rest } = await reset(closed, { nowMs: noClockMs });
    expect(rest).toBe(`${day('2026-01-01')}:0::7:::`);
    expect(pamSays(line, day('2040-01-01'))).toBe('open');
  });

  test('with a right clock keeps its rules', async () => {
    const { rest, effects } = await reset(closed, { nowMs: at('2026-11-21'), writtenAtMs: at('2026-11-20') });
    expect(rest).toBe(`${day('2026-11-21')}:0:90:7:30::`);
    expect(effects).toEqual(['set-password']);
  });
});

test.each([
  ['behind the disk, though possible', at('2026-03-01'), '2026-11-20', `${day('2026-11-20')}:0:90:7:::`],
  ['of another century', at('2087-03-01'), '2026-11-20', `${day('2026-11-20')}:0:90:7:::`],
  ['before Sparekey, on a disk of before Sparekey', at('2003-01-01'), '2019-05-05', `${day('2026-01-01')}:0::7:::`],
])('a clock %s is not believed', async (_, nowMs, written, expected) => {
  const { rest, warnings } = await reset(`bob:${hash}:0:0:90:7:30::\n`, { nowMs, writtenAtMs: at(written) });
  expect(rest).toBe(expected);
  expect(warnings).toContainEqual({ code: 'clock-absurd', details: {} });
});

test('a clock some hours behind the disk is believed: machines have time zones', async () => {
  const { warnings, rest } = await reset(`bob:${hash}:20000::::::\n`, {
    nowMs: at('2026-11-20'),
    writtenAtMs: at('2026-11-21'),
  });
  expect(rest).toBe(`${day('2026-11-20')}::::::`);
  expect(warnings).toEqual([]);
});

test('an expiry is past where it is past on the disk, and else it is said that nobody knows', async () => {
  const clock = { nowMs: noClockMs, writtenAtMs: at('2026-11-20') };
  const past = await reset(`bob:${hash}:20000:::::${day('2026-11-20')}:\n`, clock);
  expect(past.effects).toEqual(['set-password', 'clear-expiry']);
  const future = await reset(`bob:${hash}:20000:::::${day('2026-12-31')}:\n`, clock);
  expect(future.effects).toEqual(['set-password']);
  expect(future.warnings).toContainEqual({ code: 'may-have-expired', details: { user: 'bob', date: '2026-12-31' } });
});

test('an empty day where a password ages is filled in: pam_unix takes it for 1969', async () => {
  const before = `bob:${hash}::0:90:7:30::\n`;
  expect(pamSays(before.trim(), day('2026-11-21'))).toBe('closed');
  const { line, rest } = await reset(before, { nowMs: at('2026-11-21') });
  expect(rest).toBe(`${day('2026-11-21')}:0:90:7:30::`);
  expect(pamSays(line, day('2026-11-21'))).toBe('open');
  expect((await reset(`bob:${hash}::0:99999:7:::\n`, { nowMs: at('2026-11-21') })).rest).toBe(':0:99999:7:::');
});

test('files that a running system writes to tell the time as well', async () => {
  const tree = linux(bob, `bob:${hash}:19000:0:90:7:30::\n`, { '/var/log/journal/0123/system.journal': 'x' });
  const lively = {
    ...tree,
    status: async (path: string) => {
      const status = await tree.status(path);
      return status && { ...status, modifiedAtMs: path.includes('/journal/') ? at('2026-10-10') : 0 };
    },
  };
  const [, account] = await linuxAccounts.list(lively, '/', noClockMs);
  if (!account) throw new Error('no bob');
  const options = { unlock: false, nowMs: noClockMs, randomBytes: seededRandom(3).bytes };
  const { edits } = await linuxAccounts.setPassword(lively, '/', account, fresh, options);
  const entry = parseShadow(edits[0]?.content ?? new Uint8Array()).find(({ name }) => name === 'bob');
  expect(entry?.changedDay).toBe(day('2026-10-10'));
});

test('whatever a line says and a clock shows, nothing is closed for its age afterwards', async () => {
  const random = seededRandom(19);
  const disk = day('2026-11-20');
  for (let round = 0; round < 300; round++) {
    const changed = random.pick(['', '0', '1', '19000', String(disk - 3), String(disk + 40)]);
    const max = random.pick(['', '0', '1', '30', '90', '400', '99999']);
    const inactive = random.pick(['', '0', '7', '30', '365']);
    const clock = random.pick<Clock>([
      { nowMs: noClockMs },
      { nowMs: noClockMs, writtenAtMs: at('2026-11-20') },
      { nowMs: at('2026-02-02'), writtenAtMs: at('2026-11-20') },
      { nowMs: at('2080-01-01'), writtenAtMs: at('2026-11-20') },
      { nowMs: at('2026-11-22'), writtenAtMs: at('2026-11-20') },
    ]);
    const before = `bob:${hash}:${changed}:${random.pick(['', '0', '7'])}:${max}:7:${inactive}::`;
    const { line } = await reset(`${before}\n`, clock);
    const isClockRight = clock.nowMs === at('2026-11-22');
    const days = isClockRight ? [disk + 2] : [disk, disk + 1, disk + 400, disk + 4000];
    for (const today of days)
      expect(pamSays(line, today), `${before} ${line} ${JSON.stringify(clock)}`).not.toBe('closed');
    expect(line.split(':')[2], before).not.toBe('0');
  }
});
