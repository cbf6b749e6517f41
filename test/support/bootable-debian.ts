import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap, copyKept, type DebianDisk } from './debian-disk.ts';
import { poke } from './disk-image.ts';
import { createGptDisk, type Extent, ext4, swap } from './gpt-disk.ts';
import { run, withFolder } from './tools.ts';

/**
 * The same small Debian as a machine has it: with kernel, systemd and GRUB on its own disk, partitioned like Debian's
 * cloud images, so that it starts by itself on a PC with a BIOS and asks on its first serial port who is there.
 */

const mebibyte = 1 << 20;
const sectorBytes = 512;
const rootExtent: Extent = { number: 1, name: 'root', offsetBytes: mebibyte, sizeBytes: 1024 * mebibyte };

const packages = ['linux-image-cloud-amd64', 'systemd-sysv', 'udev', 'zstd', 'grub-common', 'grub-pc-bin'];

/** Housekeeping that would compete with the login prompt for an emulated processor. */
const masked = [
  ...['apt-daily', 'apt-daily-upgrade', 'dpkg-db-backup', 'e2scrub_all', 'fstrim'].map((name) => `${name}.timer`),
  'e2scrub_reap.service',
  'systemd-pstore.service',
];

const grubFolder = '/boot/grub/i386-pc';
const grubModules = 'biosdisk part_gpt ext2 normal linux';
const grubConfiguration = [
  'linux /vmlinuz root=LABEL=debian-root ro console=ttyS0,115200 quiet',
  'initrd /initrd.img',
  'boot',
].join('\n');

/** What the installer would have done besides: file systems, boot loader, and no looking for a hibernated state. */
const setup = [
  'echo "LABEL=debian-root / ext4 errors=remount-ro 0 1" >/etc/fstab',
  `systemctl --quiet mask ${masked.join(' ')}`,
  `mkdir -p ${grubFolder} && cp /usr/lib/grub/i386-pc/boot.img ${grubFolder}`,
  `grub-mkimage -O i386-pc -p '(hd0,gpt1)/boot/grub' -o ${grubFolder}/core.img ${grubModules}`,
  `echo '${grubConfiguration}' >/boot/grub/grub.cfg`,
].join(' && ');

const installSystem = (root: string): void => {
  bootstrap(root, packages);
  run('chroot', [root, 'sh', '-ec', setup]);
};

/**
 * What grub-install does at its end: code into the MBR, the core into its partition, and in both the number of the
 * sector where it goes on (GRUB, grub-core/boot/i386/pc: kernel_sector of boot.S, the first block list of diskboot.S).
 */
const installBootLoader = (disk: string, { offsetBytes }: Extent): void =>
  withFolder((folder) => {
    const take = (name: string): Buffer => {
      const file = join(folder, name);
      run('debugfs', ['-R', `dump ${grubFolder}/${name} ${file}`, `${disk}?offset=${rootExtent.offsetBytes}`]);
      return readFileSync(file);
    };
    const [boot, core] = [take('boot.img').subarray(0, 440), take('core.img')];
    const firstSector = BigInt(offsetBytes / sectorBytes);
    boot.writeBigUInt64LE(firstSector, 0x5c);
    core.writeBigUInt64LE(firstSector + 1n, sectorBytes - 12);
    poke(disk, 0, boot);
    poke(disk, offsetBytes, core);
  });

const bake = (path: string): void => {
  const [, bios] = createGptDisk(path, [
    { name: 'root', type: 'linux', sizeMebibytes: 1024, fill: ext4('debian-root', installSystem) },
    { name: 'bios', type: 'bios-boot', sizeMebibytes: 1 },
    { name: 'swap', type: 'swap', sizeMebibytes: 64, fill: swap },
  ]);
  if (bios) installBootLoader(path, bios);
};

/** Makes the disk image. @throws Error on a machine that is not a PC: this Debian is made of its own packages */
export const createBootableDebian = (path: string): DebianDisk => {
  if (process.arch !== 'x64') throw new Error('the Debian that starts by itself can only be made on a 64-bit PC');
  const sources = [import.meta.filename, join(import.meta.dirname, 'debian-disk.ts')];
  copyKept('bootable-debian', sources, bake, path);
  return { path, root: rootExtent };
};
