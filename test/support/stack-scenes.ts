import { RescueError } from '../../src/model/errors.ts';
import type { Volume } from '../../src/model/storage.ts';
import type { Message } from '../../src/tui/messages.ts';
import type { State } from '../../src/tui/state.ts';
import { following, startOf, systemOf, typed } from './tui-scenes.ts';
import { diskOf, volumeOf } from './volume.ts';

/*
 * A rented server: two disks, a mirror of them that has lost one, a group on it with the system inside; and a disk that is
 * encrypted.
 */

const part = (selector: string, different: Partial<Volume>): Volume =>
  volumeOf({ id: selector, selector, path: `/dev/${selector}`, sizeBytes: 500e9, ...different });

const leg = (selector: string): Volume =>
  part(selector, { filesystem: { type: 'linux_raid_member', state: 'unknown' }, partOf: 'md2' });

const root = part('vg0/root', { path: '/dev/mapper/vg0-root', sizeBytes: 50e9, diskId: 'vg0' });
const old = part('vg0/before', { sizeBytes: 50e9, diskId: 'vg0', snapshotOf: 'vg0/root' });
const box = part('sdc1', {
  diskId: 'sdc',
  filesystem: { type: 'crypto_LUKS', state: 'unknown' },
  unopened: new RescueError('locked', { selector: 'sdc1', tried: 0 }),
});

const stacked = { isRemovable: false, standsOn: ['/dev/sda', '/dev/sdb'] } as const;
const disks = [
  diskOf([root, old], { ...stacked, id: 'vg0', path: '/dev/vg0', transport: 'lvm', sizeBytes: 400e9 }),
  diskOf([part('md2', { filesystem: { type: 'LVM2_member', state: 'unknown' }, partOf: 'vg0' })], {
    ...{ ...stacked, id: 'md2', path: '/dev/md2', transport: 'raid1', sizeBytes: 500e9 },
    degraded: { present: 1, devices: 2 },
  }),
  diskOf([leg('sda2'), part('sda1', { sizeBytes: 5e8, filesystem: { type: 'vfat', state: 'clean' } })], {
    ...{ id: 'sda', path: '/dev/sda', model: 'INTEL SSDSC2KB', isRemovable: false, sizeBytes: 500e9 },
  }),
  diskOf([box], { id: 'sdc', path: '/dev/sdc', model: 'WD Blue', isRemovable: false, sizeBytes: 500e9 }),
];

const account = { realm: 'linux', isAdministrator: true, isOwner: false, login: 'password', notes: [] } as const;

const found: Extract<Message, { kind: 'scanned' }> = {
  kind: 'scanned',
  scan: {
    disks,
    systems: [systemOf('debian', root, 'Debian GNU/Linux', '12.7', '/', [{ ...account, name: 'debian' }])],
    journals: [],
    notices: [
      { code: 'raid-degraded', details: { name: 'md2', present: 1, devices: 2 } },
      {
        code: 'cannot-look',
        details: { selector: 'sdc1', error: new RescueError('locked', { selector: 'sdc1', tried: 0 }) },
      },
    ],
  },
  lookable: [root.id, old.id],
  unseen: [],
  isStopped: false,
};

const onServer = (): State => following(startOf(), found);
/** The encrypted volume is the last one of the list. */
const onBox = (): State => following(onServer(), 'end', 'up', 'up', 'up', 'enter');
export const onPassphrase = (): State => following(onBox(), 'enter');

export const stackScenes = {
  server: onServer,
  'volume-encrypted': onBox,
  passphrase: () => following(onPassphrase(), typed('correct horse')),
  'passphrase-empty': () => following(onPassphrase(), 'enter'),
} satisfies Readonly<Record<string, () => State>>;
