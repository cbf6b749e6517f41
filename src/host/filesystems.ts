/** How a type of file system is mounted. */
export interface Driver {
  /** As mount -t takes it. */
  readonly name: string;
  /** Keeps a look from writing anything: no journal replay. */
  readonly lookOptions: readonly string[];
  /** The same, but that a journal would be replayed first where it has to be; undefined where there is no such choice. */
  readonly replayOptions?: readonly string[];
  /** undefined for file systems that are read-only by nature. */
  readonly leaseOptions?: readonly string[];
  /** Files are kept on it, but no system that we know is installed there: a scan leaves it alone. */
  readonly holdsFilesOnly?: boolean;
}

/** The ext4 driver serves ext2 and ext3 as well, and unlike theirs takes noload for a volume without a journal. */
const ext: Driver = { name: 'ext4', lookOptions: ['noload'], replayOptions: [], leaseOptions: ['errors=remount-ro'] };

/** Names as UTF-8, whatever the kernel's default is; the driver of FAT spells it in its own way (vfat.rst). */
const foreign = (name: string, utf8: string): Driver => ({
  name,
  lookOptions: [utf8],
  leaseOptions: [utf8],
  holdsFilesOnly: true,
});

const drivers = new Map<string, Driver>([
  ['ext2', ext],
  ['ext3', ext],
  ['ext4', ext],
  // Without replaying its log; some kernels refuse a log that needs replay otherwise (xfs(5), btrfs(5)).
  ['xfs', { name: 'xfs', lookOptions: ['norecovery', 'nouuid'], replayOptions: ['nouuid'], leaseOptions: ['nouuid'] }],
  ['btrfs', { name: 'btrfs', lookOptions: ['rescue=nologreplay'], replayOptions: [], leaseOptions: [] }],
  ['squashfs', { name: 'squashfs', lookOptions: [] }],
  ['erofs', { name: 'erofs', lookOptions: [] }],
  ['vfat', foreign('vfat', 'utf8=1')],
  ['exfat', foreign('exfat', 'iocharset=utf8')],
  // ntfs-3g would be a process of its own; the kernel's driver refuses to write to a volume that is marked dirty.
  ['ntfs', foreign('ntfs3', 'iocharset=utf8')],
]);

/** The driver for what blkid calls this type; undefined for file systems that cannot be looked into. */
export const driverFor = (type: string | undefined): Driver | undefined => drivers.get(type ?? '');
