import { expect, test } from 'vitest';
import { encodeBytes } from '../../../src/formats/bytes.ts';
import { parseFstab } from '../../../src/formats/fstab.ts';
import { followFstab } from '../../../src/systems/fstab-pieces.ts';
import { namedVolume } from '../../support/composed.ts';

const root = namedVolume('sdb2', { number: 2, filesystem: { type: 'btrfs', uuid: 'AAAA-1', state: 'clean' } });
const beside = namedVolume('sdb3', {
  number: 3,
  filesystem: { type: 'ext4', uuid: 'h0me', label: 'my home', state: 'clean' },
});
const copy = namedVolume('sdc3', {
  diskId: 'disk-2',
  number: 3,
  filesystem: { type: 'ext4', uuid: 'h0me', state: 'clean' },
});
const twins = ['sdd1', 'sde1'].map((name) => namedVolume(name, { diskId: name, partLabel: 'twin' }));
const mapped = namedVolume('vg0-my--home', { path: '/dev/mapper/vg0-my--home', diskId: 'vg0' });
const busy = namedVolume('sdf1', { diskId: 'disk-6', partUuid: 'b0b-01', isInUse: true });
const volumes = [root, beside, copy, ...twins, mapped, busy];

const follow = async (text: string) => {
  const { pieces, missing } = await followFstab(parseFstab(encodeBytes(text)), {
    root: { volume: root, folder: '/@' },
    pieces: [{ at: '/', layers: [{ volume: root, folder: '/@' }] }],
    volumes,
    refusalOf: ({ isInUse }) => (isInUse ? 'in-use' : undefined),
    defaultFolderOf: async (volume) => (volume === root ? '/default' : '/'),
  });
  const found = pieces.map(({ at, layers }) => [
    at,
    layers.map(({ volume, folder }) => `${volume.selector}${folder}`).join(),
  ]);
  return [...found.filter(([, layers]) => layers !== ''), ...missing.map(({ at, reason }) => [at, reason])];
};

test.each([
  ['a UUID, that of the copy on another disk left alone', 'UUID=H0ME /home ext4', ['/home', 'sdb3/']],
  ['a label with a blank', 'LABEL=my\\040home /home ext4', ['/home', 'sdb3/']],
  ['a label in quotes', 'LABEL="my\\040home" /home ext4', ['/home', 'sdb3/']],
  ['udev’s link to it', '/dev/disk/by-label/my\\x20home /home ext4', ['/home', 'sdb3/']],
  ['a volume of LVM by its group', '/dev/vg0/my-home /home ext4', ['/home', 'vg0-my--home/']],
  ['the same as the mapper has it', '/dev/mapper/vg0-my--home /home/ ext4', ['/home', 'vg0-my--home/']],
  ['a subvolume', 'UUID=aaaa-1 /home btrfs noatime,subvol=@home', ['/home', 'sdb2/@home']],
  ['the default subvolume', 'UUID=aaaa-1 /srv btrfs defaults', ['/srv', 'sdb2/default']],
  ['the whole of it', 'UUID=aaaa-1 /srv btrfs subvolid=5', ['/srv', 'sdb2/']],
  ['a folder bound to another place', '/srv/data /home none bind', ['/home', 'sdb2/@/srv/data']],
  [
    'MicroOS’s overlay',
    'overlay /etc overlay lowerdir=/sysroot/etc,upperdir=/sysroot/var/lib/overlay/1/etc,workdir=/w',
    ['/etc', 'sdb2/@/var/lib/overlay/1/etc,sdb2/@/etc'],
  ],
  ['a subvolume by a number that only the kernel knows', 'UUID=aaaa-1 /home btrfs subvolid=257', ['/home', 'unnamed']],
  ['two of one name', 'PARTLABEL=twin /home ext4', ['/home', 'ambiguous']],
  ['one in use here', 'PARTUUID=B0B-01 /home ext4', ['/home', 'in-use']],
  ['nothing that is here', 'UUID=gone /home ext4', ['/home', 'absent']],
  ['a kernel name of a day long past', '/dev/sda3 /home ext4', ['/home', 'unnamed']],
  ['another machine', 'nas:/export/home /home nfs4', ['/home', 'network']],
  ['another machine, as Windows names it', '//nas/home /home cifs', ['/home', 'network']],
])('%s', async (_, line, expected) => {
  expect(await follow(line)).toEqual([expected]);
});

test.each([
  ['swap', 'UUID=h0me none swap'],
  ['memory', 'tmpfs /var/tmp tmpfs'],
  ['what is not mounted by itself', 'UUID=h0me /home ext4 noauto'],
  ['the accounts', 'UUID=h0me /etc ext4'],
  ['the root again', 'UUID=h0me / ext4'],
  ['a path that climbs', 'UUID=h0me /home/../etc ext4'],
  ['accounts bound to another place', '/srv/etc /etc none bind'],
  ['a line that is cut short', 'UUID=h0me /home'],
])('not followed: %s', async (_, line) => {
  expect(await follow(line)).toEqual([]);
});

test('kernel names count where the root’s own line shows which disk they were', async () => {
  expect(await follow('/dev/nvme0n1p2 / btrfs\n/dev/nvme0n1p3 /home ext4')).toEqual([['/home', 'sdb3/']]);
  expect(await follow('/dev/sda1 / btrfs\n/dev/sda3 /home ext4')).toEqual([['/home', 'unnamed']]);
});
