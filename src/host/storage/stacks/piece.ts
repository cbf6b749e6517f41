import type { KnownError } from '../../../model/errors.ts';
import type { VolumeKey } from '../../../model/secret.ts';
import type { VolumeNames } from '../../../model/storage.ts';
import type { Range } from '../../disks/probe.ts';

/** A disk, a partition or an image that is a part of something larger, or a locked box, and that nobody has open. */
export interface Member extends Range {
  readonly kind: 'device' | 'image';
  /** As blkid names it: linux_raid_member, LVM2_member, crypto_LUKS. */
  readonly type: string;
  readonly selector: string;
  readonly names: VolumeNames;
  /** The disk or image file that it is on. */
  readonly disk: string;
  readonly isReadOnly: boolean;
}

/** The same, or what came to light in something that was opened: a group inside of a locked box inside of an array. */
export interface Piece extends Range {
  readonly type: string;
  readonly selector: string;
  readonly names: VolumeNames;
  /** A block device, not an image file. */
  readonly isDevice: boolean;
  /** What it lies on in the end: itself, for a member. */
  readonly roots: readonly Member[];
  readonly isRoot: boolean;
}

/** What has become of a piece: it was put into something, or it was not, for a reason. */
export type Fate = { readonly partOf: string } | { readonly unopened: KnownError };

/** Something that was opened, with what stands on it. */
export interface Opened {
  /** What it is called: `md0`, `ubuntu-vg`, `sda3_crypt`. */
  readonly name: string;
  readonly path: string;
  /** As lsblk would call its type: raid1, lvm, crypt. */
  readonly kind: string;
  /** Of it alone, whatever it is called. */
  readonly identity: string;
  readonly sizeBytes: number;
  readonly pieces: readonly Piece[];
  /** How many of its members are there, where some are not and it works all the same. */
  readonly degraded?: { readonly present: number; readonly devices: number };
  readonly parts: readonly OpenedPart[];
}

/** One volume of it, or the box that holds them. */
export interface OpenedPart {
  readonly path: string;
  readonly selector: string;
  /** undefined for one that is all of it. */
  readonly identity?: string;
  readonly sizeBytes: number;
  readonly snapshotOf?: string;
  /** Whether a partition table is looked for in it. */
  readonly mayHoldPartitions: boolean;
}

/** A key, and which encrypted volumes it is tried on. */
export interface KeyFor {
  readonly key: VolumeKey;
  readonly isMeant: (volume: VolumeNames) => boolean;
}
