import { expect, test } from 'vitest';
import { flattenDevice, parseLsblk, sharedDevices } from '../../../src/formats/lsblk.ts';

/** A laptop: NVMe with LUKS and LVM, as lsblk 2.38 tells it; a USB card reader without a card. */
const laptop = JSON.stringify({
  blockdevices: [
    {
      ...{ name: 'sdb', kname: 'sdb', path: '/dev/sdb', type: 'disk', size: 0, 'maj:min': '8:16', ro: false, rm: true },
      ...{ tran: 'usb', model: 'SD/MMC          ', serial: '000000264001', wwn: null, mountpoint: null },
    },
    {
      ...{ name: 'nvme0n1', kname: 'nvme0n1', path: '/dev/nvme0n1', type: 'disk', size: 512110190592, ro: false },
      ...{ 'maj:min': '259:0', rm: false, tran: 'nvme', model: 'Samsung SSD 970', serial: 'S4EV', wwn: 'eui.0025' },
      ...{ pttype: 'gpt', ptuuid: '1111', mountpoint: null },
      children: [
        {
          ...{ name: 'nvme0n1p1', kname: 'nvme0n1p1', path: '/dev/nvme0n1p1', type: 'part', size: 536870912 },
          ...{ 'maj:min': '259:1', ro: false, rm: false, partuuid: 'aaaa', partlabel: 'EFI System Partition' },
          ...{ fstype: 'vfat', label: null, uuid: '9C3F-1234', mountpoint: '/boot/efi' },
        },
        {
          ...{ name: 'nvme0n1p2', kname: 'nvme0n1p2', path: '/dev/nvme0n1p2', type: 'part', size: 511571812352 },
          ...{ 'maj:min': '259:2', ro: false, rm: false, fstype: 'crypto_LUKS', mountpoint: null },
          children: [
            {
              ...{ name: 'vg-swap', kname: 'dm-1', path: '/dev/mapper/vg-swap', type: 'lvm', size: 8589934592 },
              ...{ 'maj:min': '254:1', ro: true, rm: false, fstype: 'swap', mountpoint: '[SWAP]' },
            },
          ],
        },
      ],
    },
  ],
});

test('disks, what stands on them, and what the kernel knows of it', () => {
  const [reader, disk] = parseLsblk(laptop);
  expect(reader).toEqual({
    name: 'sdb',
    path: '/dev/sdb',
    type: 'disk',
    sizeBytes: 0,
    device: '8:16',
    isReadOnly: false,
    isRemovable: true,
    transport: 'usb',
    model: 'SD/MMC',
    serial: '000000264001',
    isSwappedOn: false,
    children: [],
  });
  expect(disk).toMatchObject({ wwn: 'eui.0025', tableType: 'gpt', tableUuid: '1111', sizeBytes: 512110190592 });
  expect(disk?.children[0]).toMatchObject({
    partUuid: 'aaaa',
    partLabel: 'EFI System Partition',
    filesystemType: 'vfat',
    uuid: '9C3F-1234',
    isSwappedOn: false,
  });
  expect(disk?.children[1]?.children[0]).toMatchObject({
    name: 'dm-1',
    path: '/dev/mapper/vg-swap',
    type: 'lvm',
    isSwappedOn: true,
    isReadOnly: true,
  });
});

test('flattened, the outermost comes first', () => {
  const names = parseLsblk(laptop).flatMap((disk) => flattenDevice(disk).map(({ name }) => name));
  expect(names).toEqual(['sdb', 'nvme0n1', 'nvme0n1p1', 'nvme0n1p2', 'dm-1']);
});

test('what older versions write: numbers and booleans as text, padded columns', () => {
  const text =
    '{"blockdevices": [{"name":"sda","path":"/dev/sda","type":"disk","size":"1024","maj:min":"  8:0  ","ro":"1","rm":"0"}]}';
  expect(parseLsblk(text)).toMatchObject([
    { name: 'sda', sizeBytes: 1024, device: '8:0', isReadOnly: true, isRemovable: false },
  ]);
});

test('a machine without disks', () => {
  expect(parseLsblk('{"blockdevices": []}')).toEqual([]);
  expect(parseLsblk('{}')).toEqual([]);
  expect(() => parseLsblk('')).toThrow(SyntaxError);
});

/** The rescue system of a provider, with the RAID of a customer assembled: under each disk stands the same volume group. */
const rescued = (...disks: readonly string[]) =>
  parseLsblk(
    JSON.stringify({
      blockdevices: disks.map((disk, index) => ({
        ...{ kname: disk, path: `/dev/${disk}`, type: 'disk', size: 1e12, 'maj:min': `8:${index * 16}` },
        children: [
          {
            ...{ kname: `${disk}1`, path: `/dev/${disk}1`, type: 'part', size: 1e9, 'maj:min': `8:${index * 16 + 1}` },
            children: [{ kname: 'md0', path: '/dev/md0', type: 'raid1', size: 1e9, 'maj:min': '9:0', fstype: 'ext3' }],
          },
          {
            ...{ kname: `${disk}3`, path: `/dev/${disk}3`, type: 'part', size: 9e11, 'maj:min': `8:${index * 16 + 3}` },
            children: [
              {
                ...{
                  kname: 'md2',
                  path: '/dev/md2',
                  type: 'raid1',
                  size: 9e11,
                  'maj:min': '9:2',
                  fstype: 'LVM2_member',
                },
                children: [
                  {
                    kname: 'dm-0',
                    path: '/dev/mapper/vg0-root',
                    type: 'lvm',
                    size: 1e11,
                    'maj:min': '253:0',
                    fstype: 'ext4',
                  },
                ],
              },
            ],
          },
        ],
      })),
    }),
  );

test('a RAID under two disks is one device that stands on both, with what stands on it', () => {
  const found = sharedDevices(rescued('sda', 'sdb'));
  expect(found.map(({ device, standsOn }) => [device.path, standsOn])).toEqual([
    ['/dev/md0', ['/dev/sda', '/dev/sdb']],
    ['/dev/md2', ['/dev/sda', '/dev/sdb']],
  ]);
  expect(found[1]?.device.children.map(({ path }) => path)).toEqual(['/dev/mapper/vg0-root']);
});

test('with one disk of it there, nothing is shared', () => {
  expect(sharedDevices(rescued('sda'))).toEqual([]);
  expect(sharedDevices([])).toEqual([]);
});
