import { decodeBytes } from './bytes.ts';
import { unescapeHex } from './hex-escape.ts';

/** What `blkid -p -o udev` found in one byte range: a file system, a partition table, or neither. */
export interface BlkidProbe {
  /** ext4, vfat, swap, swsuspend, crypto_LUKS, LVM2_member, … */
  readonly type?: string;
  readonly label?: string;
  readonly uuid?: string;
  /** gpt or dos; PMBR is a protective MBR whose GPT was not found. */
  readonly tableType?: string;
  readonly tableUuid?: string;
  /** The entry in the parent's partition table, where the kernel shows the range as a partition. */
  readonly partLabel?: string;
  readonly partUuid?: string;
}

const keys = {
  type: 'ID_FS_TYPE',
  label: 'ID_FS_LABEL_ENC',
  uuid: 'ID_FS_UUID_ENC',
  tableType: 'ID_PART_TABLE_TYPE',
  tableUuid: 'ID_PART_TABLE_UUID',
  partLabel: 'ID_PART_ENTRY_NAME',
  partUuid: 'ID_PART_ENTRY_UUID',
} as const satisfies Record<keyof BlkidProbe, string>;

/**
 * Parses the output of `blkid -p -o udev` (blkid(8)). Of its formats only this one is lossless: labels stand
 * `\xHH`-encoded in the _ENC keys, so that a newline in a label cannot pose as a key.
 */
export const parseBlkid = (output: Uint8Array): BlkidProbe => {
  const values = new Map<string, string>();
  for (const line of decodeBytes(output).split('\n')) {
    const at = line.indexOf('=');
    if (at > 0) values.set(line.slice(0, at), unescapeHex(line.slice(at + 1)));
  }
  const found = Object.entries(keys).flatMap(([name, key]) => (values.get(key) ? [[name, values.get(key)]] : []));
  return Object.fromEntries(found);
};

/**
 * Whether what blkid calls by this type is one of several disks that make a volume together: linux_raid_member,
 * isw_raid_member (Intel), ddf_raid_member, …, and mpath_member, one of several ways to the same disk.
 */
export const isRaidMember = (type: string | undefined): boolean => /(^|_)raid_member$|^mpath_member$/.test(type ?? '');
