/** How a type of file system is mounted. */
export interface Driver {
  /** As mount -t takes it. */
  readonly name: string;
  /**
   * What the kernel does when it meets damage. Never panic, which a disk may ask for in its own superblock: ext has a
   * word for that (tune2fs(8), -e and mount_opts), and what mount says comes before it. Empty where the kernel has no
   * such choice, or where no disk can make it and older kernels refuse the word.
   */
  readonly onDamage: { readonly look: readonly string[]; readonly lease: readonly string[] };
  /** Keeps a look from writing anything: no journal replay. */
  readonly lookOptions: readonly string[];
  /** The same, but that a journal would be replayed first where it has to be; undefined where there is no such choice. */
  readonly replayOptions?: readonly string[];
  /** Mounts, without writing, what the volume itself says is mounted where no part of it is named; undefined where there is no such choice. */
  readonly defaultOptions?: readonly string[];
  /** undefined for file systems that are read-only by nature. */
  readonly leaseOptions?: readonly string[];
  /** Files are kept on it, but no system that we know is installed there: a scan leaves it alone. */
  readonly holdsFilesOnly?: boolean;
  /** Many kernels lack it: then such volumes are left alone without a word, as what holds no system. */
  readonly isOptional?: boolean;
}

/** A look goes on, to show what can still be read; what is written to takes no further writes, so that damage does not spread. */
const byErrors: Driver['onDamage'] = { look: ['errors=continue'], lease: ['errors=remount-ro'] };
/** btrfs(5); `panic` is the other one. */
const byFatalErrors: Driver['onDamage'] = { look: ['fatal_errors=bug'], lease: ['fatal_errors=bug'] };
/** xfs and ntfs3 shut the volume down, erofs and squashfs fail the read; squashfs knows `errors=` since Linux 5.14 only. */
const asItIs: Driver['onDamage'] = { look: [], lease: [] };

/** The ext4 driver serves ext2 and ext3 as well, and unlike theirs takes noload for a volume without a journal. */
const ext: Driver = { name: 'ext4', onDamage: byErrors, lookOptions: ['noload'], replayOptions: [], leaseOptions: [] };

/** Names as UTF-8, whatever the kernel's default is; the driver of FAT spells it in its own way (vfat.rst). */
const foreign = (name: string, onDamage: Driver['onDamage'], utf8: string): Driver => ({
  name,
  onDamage,
  lookOptions: [utf8],
  leaseOptions: [utf8],
  holdsFilesOnly: true,
});

/** Without replaying its log; some kernels refuse a log that needs replay otherwise (xfs(5)). */
const xfs: Driver = {
  name: 'xfs',
  onDamage: asItIs,
  lookOptions: ['norecovery', 'nouuid'],
  replayOptions: ['nouuid'],
  leaseOptions: ['nouuid'],
};

/** The number of the subvolume that holds all others (btrfs(5), subvolid): the whole volume, whatever it mounts by itself. */
const wholeBtrfs = 'subvolid=5';

/** The same (btrfs(5)). */
const btrfs: Driver = {
  name: 'btrfs',
  onDamage: byFatalErrors,
  lookOptions: ['rescue=nologreplay', wholeBtrfs],
  replayOptions: [wholeBtrfs],
  leaseOptions: [wholeBtrfs],
  defaultOptions: ['rescue=nologreplay'],
};

/** Without rolling forward what fsync had promised (f2fs.rst); OpenWrt, and phones, keep their settings on it. */
const f2fs: Driver = {
  name: 'f2fs',
  onDamage: asItIs,
  lookOptions: ['norecovery'],
  leaseOptions: [],
  isOptional: true,
};

/** FAT holds no ordinary system, but the settings of some that run from memory. */
const vfat: Driver = { ...foreign('vfat', byErrors, 'utf8=1'), holdsFilesOnly: false, isOptional: true };

const drivers = new Map<string, Driver>([
  ['ext2', ext],
  ['ext3', ext],
  ['ext4', ext],
  ['xfs', xfs],
  ['btrfs', btrfs],
  ['squashfs', { name: 'squashfs', onDamage: asItIs, lookOptions: [] }],
  ['erofs', { name: 'erofs', onDamage: asItIs, lookOptions: [] }],
  ['f2fs', f2fs],
  ['vfat', vfat],
  ['exfat', foreign('exfat', byErrors, 'iocharset=utf8')],
  // ntfs-3g would be a process of its own; the kernel's driver refuses to write to a volume that is marked dirty.
  ['ntfs', foreign('ntfs3', asItIs, 'iocharset=utf8')],
]);

/** The driver for what blkid calls this type; undefined for file systems that cannot be looked into. */
export const driverFor = (type: string | undefined): Driver | undefined => drivers.get(type ?? '');

/** The types that there is a driver for, as blkid calls them. */
export const driverTypes = (): readonly string[] => [...drivers.keys()];

/** Nothing on a stranger's disk is a device, a setuid program or a program of ours; its access times are its own. */
const always = ['nodev', 'nosuid', 'noexec', 'noatime'];

/** All that mount is told for a look that writes nothing, whatever else is asked for. */
export const optionsForLook = ({ onDamage }: Driver, asked: readonly string[]): readonly string[] => [
  ...[...always, 'ro'],
  ...onDamage.look,
  ...asked,
];

/** All that mount is told for writing; undefined for what is read-only by nature. */
export const optionsForLease = ({ onDamage, leaseOptions }: Driver): readonly string[] | undefined =>
  leaseOptions && [...always, 'rw', ...onDamage.lease, ...leaseOptions];
