import type { KnownError } from './errors.ts';
import type { VolumeKey } from './secret.ts';
import type { Tree, TreePath, WritableTree } from './tree.ts';

/**
 * Names a disk or a volume for good: serial number or WWN, partition UUID. It stands in journals and job files,
 * because kernel names such as sdb2 change from boot to boot.
 */
export type DeviceId = string;

/** What a person or a job points at: a block device, a raw image, or the root folder of a mounted system. */
export interface Source {
  readonly kind: 'device' | 'image' | 'folder';
  readonly path: string;
}

/**
 * Superblock facts.
 * `dirty`: the journal holds writes that were never finished (an unplugged machine); mounting for writing replays it.
 * `errors`: the file system itself recorded damage, or was left half-written without a journal; it needs fsck first.
 */
export interface Filesystem {
  /** As blkid names it: ext4, vfat, swap, LVM2_member, … */
  readonly type: string;
  readonly label?: string;
  readonly uuid?: string;
  readonly state: 'clean' | 'dirty' | 'errors' | 'unknown';
  readonly usedBytes?: number;
  /** Last write, milliseconds since 1970; tells the newer of two data disks. */
  readonly writtenAtMs?: number;
}

/** Anything that could be mounted: a partition, a bare file system, a mounted folder. */
export interface Volume {
  readonly id: DeviceId;
  readonly diskId: DeviceId;
  /** What a person types after --on: `sdb2`, `card.img:2`, `/mnt`. */
  readonly selector: string;
  /** Where it is today: a device node, an image file, a folder. */
  readonly path: string;
  readonly kind: 'device' | 'image' | 'folder';
  /** Partition number, where there is a partition table. */
  readonly number?: number;
  /** Byte range inside `path`; 0 and the whole size where `path` is the volume itself. */
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  readonly partLabel?: string;
  readonly partUuid?: string;
  /** So much of it, at its end, is not there: the disk was copied to a smaller one, or the image was cut short. */
  readonly missingBytes?: number;
  readonly filesystem?: Filesystem;
  /** Mounted, swapped on, or otherwise held by the system that Sparekey runs on. */
  readonly isInUse: boolean;
  readonly mountPoints: readonly string[];
  readonly isReadOnly: boolean;
  /**
   * The whole disk is a member of a RAID of this kind (`linux_raid_member`, as blkid names it): what stands here is one
   * copy or one part of something that only the RAID may write.
   */
  readonly raidMember?: string;
  /** The RAID, the volume group or the opened box that it was put into, by its name; what is in there is found under that. */
  readonly partOf?: string;
  /** Why it was not put into anything, or not opened: its passphrase is unknown, a tool is missing, it did not answer. */
  readonly unopened?: KnownError;
  /** The volume that this is an older state of: its selector. */
  readonly snapshotOf?: string;
  /** A swap area that holds a sleeping system, or a file in it that does: no volume of that machine may be written. */
  readonly isHibernated: boolean;
  /** The swap file that the system sleeps in; undefined where it is the whole volume. */
  readonly sleepsIn?: TreePath;
}

export interface Degraded {
  readonly present: number;
  readonly devices: number;
}

/** What a volume is selected by. */
export type VolumeNames = Pick<Volume, 'kind' | 'selector' | 'path' | 'partLabel' | 'partUuid' | 'filesystem'>;

/** A whole disk, an image of one, or a folder standing in for one. */
export interface Disk {
  readonly id: DeviceId;
  readonly path: string;
  readonly model?: string;
  readonly sizeBytes: number;
  /** usb, sata, nvme, mmc, … as lsblk's TRAN; `file` for images and folders. */
  readonly transport?: string;
  readonly isRemovable: boolean;
  /** An assembled RAID, or what else lies on several disks: their paths. */
  readonly standsOn?: readonly string[];
  /** A RAID that works without some of its disks. */
  readonly degraded?: Degraded;
  /** A RAID or a volume group of which too little is there. */
  readonly unopened?: KnownError;
  /** Partition table: gpt or dos; undefined for a bare file system. */
  readonly table?: string;
  /** One of the two copies of its GPT is gone. */
  readonly hasOneTableCopy?: true;
  /** The running system stands on it: shown, never touched. */
  readonly isRunningSystem: boolean;
  /** Seen from the rescue system: a stick or card of ours, by the signature and the layout that we wrote. */
  readonly isRescueMedium?: true;
  readonly volumes: readonly Volume[];
}

/** A read view of one volume. Close it to unmount; whatever happens, it never writes to the volume. */
export interface Look extends AsyncDisposable {
  readonly tree: Tree;
  /**
   * The folder that is mounted where no subvolume is named (btrfs-subvolume(8), set-default), while `tree` shows the
   * whole volume; undefined for file systems without such a choice.
   */
  readonly defaultFolder?: () => Promise<TreePath>;
}

/** The right to write to one volume, until disposed. Disposing unmounts and flushes. */
export interface Lease extends AsyncDisposable {
  readonly tree: WritableTree;
}

/** The port to disks. host/ implements it for real. */
export interface Storage {
  /**
   * Disks and volumes, from tables and superblocks alone; writes nothing. No sources: every block device.
   * @throws RescueError source-missing, source-unusable, need-root, tool-missing
   */
  survey(sources: readonly Source[]): Promise<readonly Disk[]>;
  /** What kind of source a path is. @throws RescueError source-missing, source-unusable */
  identify(path: string): Promise<Source>;
  /**
   * What encrypted volumes are opened with from the next survey on; kept in memory only.
   * @param isMeant which of them it is tried on; on each, unless told
   */
  addKeys(keys: readonly VolumeKey[], isMeant?: (volume: VolumeNames) => boolean): void;
  /** Whether the volume's file system is one that can be looked into. */
  canLook(volume: Volume): boolean;
  /** Opens a volume read-only, without journal replay. @throws RescueError cannot-mount, need-root */
  look(volume: Volume): Promise<Look>;
  /**
   * Keeps every other run of Sparekey from writing to what the volume lies on, until disposed. What is read meanwhile
   * comes from the disk, and not from what was read before.
   * @param onWait called when another run has to end first
   * @throws RescueError volume-locked
   */
  lock(volume: Volume, onWait: () => void): Promise<AsyncDisposable>;
  /** Opens a volume for writing. @throws RescueError cannot-mount, read-only-device, need-root */
  lease(volume: Volume): Promise<Lease>;
}
