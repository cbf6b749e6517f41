import { showable } from '../formats/bytes.ts';
import type { Detection } from '../model/system.ts';

/** A name from a disk, harmless to show. */
export const named = (name: string): string => showable(name);

/** "Debian GNU/Linux 12.8 (web1)"; as it stands on the disk, to be made harmless with the rest of its line. */
export const systemTitle = ({ name, version, hostname }: Detection): string =>
  [name, version, hostname === undefined ? undefined : `(${hostname})`].filter((part) => part !== undefined).join(' ');

/** Names in a row: "a, b, c"; long lists are cut, with how many are left out. */
export const listed = (names: readonly string[], none: string): string => {
  const shown = names.slice(0, 12).map(named).join(', ');
  const left = names.length - 12;
  if (names.length === 0) return none;
  return left > 0 ? `${shown}, … (+${left})` : shown;
};

/** An amount of data in the unit of disks, the same in both languages: "31.9 GB" where a blank keeps number and unit together. */
export const inGigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)}\u00a0GB`;

/** Debian's packages of the programs that rescue systems lack most. */
const packages: Readonly<Record<string, string>> = {
  mdadm: 'mdadm',
  lvm: 'lvm2',
  cryptsetup: 'cryptsetup-bin',
  dmsetup: 'dmsetup',
  modprobe: 'kmod',
  flock: 'util-linux',
  losetup: 'mount',
  mount: 'mount',
  umount: 'mount',
  partx: 'util-linux',
  blkid: 'util-linux',
  lsblk: 'util-linux',
  blockdev: 'util-linux',
  nsenter: 'util-linux',
  unshare: 'util-linux',
  lsattr: 'e2fsprogs',
  chattr: 'e2fsprogs',
  debugfs: 'e2fsprogs',
};

/** The command that installs a program on Debian and its kin, which most rescue systems are; undefined where its package is not known. */
export const installCommand = (tool: string): string | undefined => packages[tool] && `apt install ${packages[tool]}`;
