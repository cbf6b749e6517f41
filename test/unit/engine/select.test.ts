import { describe, expect, test } from 'vitest';
import { wholeVolume } from '../../../src/engine/open-pieces.ts';
import type { Scan } from '../../../src/engine/scan-result.ts';
import { chooseAccount, isSelected, narrowScan } from '../../../src/engine/select.ts';
import { isRescueError, type KnownError, RescueError } from '../../../src/model/errors.ts';
import type { Volume } from '../../../src/model/storage.ts';
import type { AccountStore, InstalledSystem, ProfileId } from '../../../src/model/system.ts';
import { resetPassword } from '../../../src/operations/reset-password.ts';
import { accountOf } from '../../support/account.ts';
import { diskOf, volumeOf } from '../../support/volume.ts';

const accounts: AccountStore = {
  list: async () => [],
  isSameName: (typed, stored) => typed.toLowerCase() === stored.toLowerCase(),
  setPassword: async () => ({ edits: [], warnings: [] }),
  accepts: async () => false,
};

const system = (profile: ProfileId, volume: Volume, ...names: string[]): InstalledSystem => ({
  id: `${profile}@${volume.selector}`,
  profile: { id: profile, detect: async () => [], accounts },
  detection: { name: profile, home: '/' },
  volume,
  pieces: wholeVolume(volume),
  accounts: names.map((name) => accountOf(name)),
});

const sdb2 = volumeOf({ filesystem: { type: 'ext4', label: 'root\u001b[31m', uuid: 'ABCD-1234', state: 'clean' } });
const sdc1 = volumeOf({ id: 'disk-2/1', selector: 'sdc1', path: '/dev/sdc1', partLabel: 'hassos-data' });
const debian = system('debian', sdb2, 'root', 'bob', 'b\udcffb');
const supervised = system('home-assistant-supervised', sdb2, 'Ann', 'ann', 'Eve');
const haos = system('haos', sdc1, 'bob', 'Zoë');
const systems = [debian, supervised, haos];

const scan: Scan = { disks: [diskOf([sdb2]), diskOf([sdc1], { id: 'disk-2' })], systems, journals: [], notices: [] };

const chosen = (user: string, on?: string) => {
  try {
    const target = chooseAccount({ ...scan, systems }, { on, user }, resetPassword);
    return `${target.account.name} ${target.system.id}`;
  } catch (error) {
    return isRescueError(error) ? error.code : error;
  }
};

describe('isSelected', () => {
  test.each(['sdb2', '/dev/sdb2', 'UUID=ABCD-1234', 'LABEL=root\u001b[31m', 'LABEL=root\\x1b[31m'])(
    '%j names it',
    (on) => {
      expect(isSelected(sdb2, on)).toBe(true);
    },
  );
  test.each(['sdb', 'sdb22', 'sdc1', 'LABEL=root', 'UUID=', 'LABEL=', 'PARTLABEL=', 'label=root', ''])(
    '%j does not',
    (on) => {
      expect(isSelected(sdb2, on)).toBe(false);
    },
  );
});

describe('chooseAccount', () => {
  test('needs no --on where only one system has the account', () => {
    expect(chosen('root')).toBe('root debian@sdb2');
    expect(chosen('eve')).toBe('Eve home-assistant-supervised@sdb2');
  });
  test('never guesses between two', () => {
    expect(chosen('bob')).toBe('several-match');
    expect(chosen('bob', 'sdb2')).toBe('bob debian@sdb2');
    expect(chosen('bob', 'PARTLABEL=hassos-data')).toBe('bob haos@sdc1');
    expect(chosen('bob', 'haos@sdc1')).toBe('bob haos@sdc1');
    expect(chosen('ANN')).toBe('several-accounts');
  });
  test('an exact spelling wins', () => {
    expect(chosen('ann')).toBe('ann home-assistant-supervised@sdb2');
    expect(chosen('Ann')).toBe('Ann home-assistant-supervised@sdb2');
  });
  test('a name that is not UTF-8 can be typed as scan shows it', () => {
    expect(chosen('b\\xffb')).toBe('b\udcffb debian@sdb2');
  });
  test('says what was not found', () => {
    expect(chosen('mallory')).toBe('no-such-account');
    expect(chosen('bob', 'sdz9')).toBe('no-match');
  });
});

describe('chooseAccount where nothing was found', () => {
  const refusal = (different: Partial<Scan>, on?: string) => {
    try {
      return chooseAccount({ ...scan, systems: [], ...different }, { on, user: 'bob' }, resetPassword);
    } catch (error) {
      return isRescueError(error) ? error.code : error;
    }
  };
  const mounted = volumeOf({ isInUse: true, mountPoints: ['/media/card'] });

  test('says so when the disk is the running one, is mounted, or could not be opened', () => {
    expect(refusal({})).toBe('no-match');
    expect(refusal({ disks: [diskOf([mounted])] })).toBe('volume-in-use');
    expect(refusal({ disks: [diskOf([mounted]), diskOf([sdc1])] }, 'sdb2')).toBe('volume-in-use');
    expect(refusal({ disks: [diskOf([mounted]), diskOf([sdc1])] }, 'sdc1')).toBe('no-match');
    expect(refusal({ disks: [diskOf([mounted], { isRunningSystem: true })] })).toBe('running-system');
    const error = new RescueError('cannot-mount', { selector: 'sdb2', output: 'bad superblock' }) as KnownError;
    expect(refusal({ notices: [{ code: 'cannot-look', details: { selector: 'sdb2', error } }] })).toBe('cannot-mount');
  });
});

test('one disk of a RAID is said to be one, also beside what is mounted', () => {
  const refused = (volume: Volume, on?: string) => {
    const disks = [diskOf([volumeOf({ isInUse: true, mountPoints: ['/m'], selector: 'sda1' })]), diskOf([volume])];
    try {
      return chooseAccount({ ...scan, disks, systems: [] }, { on, user: 'bob' }, resetPassword).system.id;
    } catch (error) {
      return isRescueError(error) ? `${error.code} ${JSON.stringify(error.details)}` : error;
    }
  };
  const leg = 'raid-member {"selector":"sdb2","type":"isw_raid_member"}';
  expect(refused(volumeOf({ raidMember: 'isw_raid_member' }))).toBe(leg);
  expect(refused(volumeOf({ raidMember: 'isw_raid_member' }), 'sdb2')).toBe(leg);
  const partition = volumeOf({ filesystem: { type: 'isw_raid_member', state: 'unknown' } });
  expect(refused(partition, 'sdb2')).toBe(leg);
});

test('an account that is not listed is found by its exact name, unless a listed one is called so', () => {
  const withService = { ...debian, otherAccounts: ['daemon', 'Zoë'].map((name) => accountOf(name)) };
  const find = (user: string) => {
    try {
      return chooseAccount({ ...scan, systems: [withService, haos] }, { on: undefined, user }, resetPassword).system.id;
    } catch (error) {
      return isRescueError(error) ? error.code : error;
    }
  };
  expect(find('daemon')).toBe('debian@sdb2');
  expect(find('Daemon')).toBe('no-such-account');
  expect(find('Zoë')).toBe('haos@sdc1');
});

describe('narrowScan', () => {
  test('keeps what the selector names', () => {
    expect(narrowScan(scan, 'sdb2').systems).toEqual([debian, supervised]);
    expect(narrowScan(scan, 'haos@sdc1').systems).toEqual([haos]);
    expect(narrowScan(scan, 'haos@sdc1').disks.flatMap(({ volumes }) => volumes)).toEqual([sdc1]);
    expect(narrowScan(scan, undefined)).toBe(scan);
    expect(() => narrowScan(scan, 'sdz9')).toThrow('no-match');
  });
});
