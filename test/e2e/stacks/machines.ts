/**
 * What a machine's disks are made into, for sh in a guest: `$1`, `$2`, … are the disks, so that `$12` is the second partition of
 * the first one; `fill DEVICE` writes a small system to a device, `settled ARRAY` waits until a RAID is in order.
 */
export interface StackMachine {
  readonly name: string;
  readonly disksMebibytes: readonly number[];
  /** Leaves nothing open. */
  readonly make: string;
  /** Disks that are not there any more when the machine is rescued. */
  readonly without?: readonly number[];
  /** What has happened to the disks since, in the rescuing guest. */
  readonly before?: string;
  /** The options of every command. */
  readonly options?: string;
  /** What `reset-password` says when it refuses; undefined where it sets the password. */
  readonly refusal?: RegExp;
  /** What `scan` shows. */
  readonly shows: readonly RegExp[];
  /** Opens by other means what was rescued, at /mnt, and closes it again. */
  readonly open: string;
  readonly close: string;
  /** Mirrors, whose copies are compared. */
  readonly mirrors?: readonly string[];
}

const assemble = (array: string, disks: string): string =>
  `mdadm --assemble --config=none --run ${array} ${disks} 2>&1`;

/** As OVHcloud lays out a server: two disks with the same table, a mirror for the system in a group (ovh/docs, raid_soft). */
const ovhcloud = `
printf 'label: gpt\\nsize=8M, type=uefi\\nsize=90M, type=raid\\nsize=40M, type=raid\\n' | sfdisk -q $1
sfdisk -d $1 | sed '/^label-id/d; s/uuid=[^,]*,//' | sfdisk -q $2; udevadm settle
mdadm --create /dev/md2 --run --level=1 --raid-devices=2 --metadata=1.2 --bitmap=internal --homehost=ns1 --name=2 $12 $22
mdadm --create /dev/md4 --run --level=1 --raid-devices=2 --metadata=0.90 $13 $23
settled md2; settled md4
lvm vgcreate -q vg0 /dev/md2; lvm lvcreate -q -y -L 32M -n root vg0; lvm lvcreate -q -y -L 16M -n spare vg0
fill /dev/vg0/root; mke2fs -q -L home /dev/md4
lvm vgchange -q -an vg0; mdadm --stop /dev/md2; mdadm --stop /dev/md4
`;

const openGroup = (name: string): string =>
  `lvm vgchange -q -ay ${name} && /usr/bin/mount -o ro /dev/${name}/root /mnt`;
const closeGroup = (name: string): string => `umount /mnt; lvm vgchange -q -an ${name}`;

const passphrase = 'correct horse';

export const machines: readonly StackMachine[] = [
  {
    name: 'ovhcloud',
    disksMebibytes: [160, 160],
    make: ovhcloud,
    shows: [/vg0\/root .*ext4.*Debian/, /^\/dev\/md2 .*\/dev\/vda \+ \/dev\/vdb/m, /md4 .*ext2/],
    open: `${assemble('/dev/md2', '/dev/vda2 /dev/vdb2')}; ${openGroup('vg0')}`,
    close: `${closeGroup('vg0')}; check md2; mdadm --stop /dev/md2`,
    mirrors: ['md2'],
  },
  {
    name: 'ovhcloud, in a rescue system that has assembled it',
    disksMebibytes: [160, 160],
    make: ovhcloud,
    before: `mdadm --assemble --scan 2>&1; lvm vgchange -ay vg0; udevadm settle; lsblk`,
    shows: [/vg0\/root .*ext4.*Debian|vg0-root .*ext4.*Debian/],
    open: '/usr/bin/mount -o ro /dev/vg0/root /mnt',
    close: 'umount /mnt; lvm vgchange -q -an vg0; array=$(basename "$(readlink -f /dev/md/2)"); check "$array"',
  },
  {
    name: 'luks with a group inside',
    disksMebibytes: [160],
    make: `
printf 'label: gpt\\nsize=20M\\nsize=120M\\n' | sfdisk -q $1; udevadm settle; mke2fs -q -L boot $11
printf '${passphrase}' | cryptsetup luksFormat -q --type luks2 --pbkdf argon2id --pbkdf-memory 32768 --pbkdf-force-iterations 4 $12 -
printf '${passphrase}' | cryptsetup open --key-file - $12 box
lvm vgcreate -q debian-vg /dev/mapper/box; lvm lvcreate -q -y -L 32M -n root debian-vg; fill /dev/debian-vg/root
lvm vgchange -q -an debian-vg; cryptsetup close box
`,
    before: `echo '${passphrase}' >/tmp/pass`,
    options: '--passphrase-file /tmp/pass',
    shows: [/debian-vg\/root .*ext4.*Debian/, /vda2 .*part of vda2_crypt/],
    open: `printf '${passphrase}' | cryptsetup open --key-file - /dev/vda2 box; ${openGroup('debian-vg')}`,
    close: `${closeGroup('debian-vg')}; cryptsetup close box`,
  },
  {
    name: 'luks without its passphrase',
    disksMebibytes: [64],
    make: `
printf '${passphrase}' | cryptsetup luksFormat -q --type luks1 --pbkdf-force-iterations 1000 $1 -
printf '${passphrase}' | cryptsetup open --key-file - $1 box; fill /dev/mapper/box; cryptsetup close box
`,
    before: 'echo wrong >/tmp/pass',
    options: '--passphrase-file /tmp/pass',
    refusal: /vda is encrypted, and what was given \(1\) does not open it/,
    shows: [/vda .*crypto_LUKS.*encrypted/, /No installed system/],
    open: `printf '${passphrase}' | cryptsetup open --key-file - /dev/vda box; /usr/bin/mount -o ro /dev/mapper/box /mnt`,
    close: 'umount /mnt; cryptsetup close box',
  },
  {
    name: 'one disk of a mirror, its metadata at the end',
    disksMebibytes: [64, 64],
    make: `
mdadm --create /dev/md0 --run --assume-clean --level=1 --raid-devices=2 --metadata=1.0 --name=0 $1 $2
fill /dev/md0; mdadm --stop /dev/md0
`,
    without: [1],
    shows: [/md0 .*works with 1 of 2 disks/, /md0 .*ext4.*Debian/],
    open: `${assemble('/dev/md0', '/dev/vda')}; /usr/bin/mount -o ro /dev/md0 /mnt`,
    close: 'umount /mnt; mdadm --stop /dev/md0',
  },
  {
    name: 'raid5',
    disksMebibytes: [40, 40, 40],
    make: `
mdadm --create /dev/md/data --run --level=5 --raid-devices=3 --homehost=nas --name=data $1 $2 $3
array=$(basename "$(readlink -f /dev/md/data)"); settled "$array"; fill /dev/$array; mdadm --stop /dev/$array
`,
    shows: [/md\/data .*ext4.*Debian/],
    open: `${assemble('/dev/md5', '/dev/vda /dev/vdb /dev/vdc')}; /usr/bin/mount -o ro /dev/md5 /mnt`,
    close: 'umount /mnt; check md5; mdadm --stop /dev/md5',
    mirrors: ['md5'],
  },
  {
    name: 'raid5 of which two disks are missing',
    disksMebibytes: [40, 40, 40],
    make: `
mdadm --create /dev/md5 --run --assume-clean --level=5 --raid-devices=3 --name=5 $1 $2 $3
fill /dev/md5; mdadm --stop /dev/md5
`,
    without: [1, 2],
    refusal: /Of the 3 disks of the RAID md5 only 1 could be used/,
    shows: [/No installed system/, /Of the 3 disks of the RAID md5 only 1 could be used/],
    open: 'true',
    close: 'true',
  },
  {
    name: 'raid10',
    disksMebibytes: [40, 40, 40, 40],
    make: `
mdadm --create /dev/md3 --run --assume-clean --level=10 --raid-devices=4 --name=3 $1 $2 $3 $4
fill /dev/md3; mdadm --stop /dev/md3
`,
    shows: [/md3 .*ext4.*Debian/],
    open: `${assemble('/dev/md3', '/dev/vda /dev/vdb /dev/vdc /dev/vdd')}; /usr/bin/mount -o ro /dev/md3 /mnt`,
    close: 'umount /mnt; check md3; mdadm --stop /dev/md3',
    mirrors: ['md3'],
  },
  {
    name: 'a group of which a disk is missing',
    disksMebibytes: [64, 64],
    make: `
lvm vgcreate -q -s 1m pair $1 $2; lvm lvcreate -q -y -L 32M -n root pair $1; lvm lvcreate -q -y -L 80M -n wide pair
fill /dev/pair/root; lvm vgchange -q -an pair
`,
    without: [1],
    refusal: /group pair is not complete\. Missing: a disk or partition of 66 MB \(last seen as \/dev\/vd/,
    shows: [/No installed system/, /group pair is not complete/],
    open: 'true',
    close: 'true',
  },
  {
    name: 'thin, with an older state of it',
    disksMebibytes: [128],
    make: `
lvm vgcreate -q -s 1m pve $1; lvm lvcreate -q -y --type thin-pool -L 80M -n pool pve
lvm lvcreate -q -y -V 200M --thinpool pool -n root pve; fill /dev/pve/root; lvm lvcreate -q -y -s -n old pve/root
lvm vgchange -q -an pve
`,
    shows: [/pve\/root .*ext4.*Debian/, /pve\/old .*an older state \(snapshot\) of pve\/root/],
    open: openGroup('pve'),
    close: closeGroup('pve'),
  },
];
