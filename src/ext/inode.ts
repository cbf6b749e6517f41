import { crc32c, crc32cAround, crc32cOf } from './checksum.ts';
import { joined } from './port.ts';
import { type ExtVolume, noteBlock, readBlocks } from './volume.ts';

export type InodeKind = 'file' | 'directory' | 'symlink' | 'fifo' | 'socket' | 'character-device' | 'block-device';

/** The root folder's number (Linux, Documentation/filesystems/ext4/special_inodes.rst). */
export const rootInode = 2;

/** An inode (Linux, Documentation/filesystems/ext4/inodes.rst). Times are nanoseconds since 1970. */
export interface Inode {
  readonly number: number;
  readonly kind: InodeKind | 'unknown';
  /** Permission bits, 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly links: number;
  readonly sizeBytes: number;
  readonly accessedAtNs: bigint;
  readonly changedAtNs: bigint;
  readonly modifiedAtNs: bigint;
  readonly bornAtNs: bigint | undefined;
  readonly flags: number;
  /** Units of 512 bytes that it takes. */
  readonly sectors: number;
  readonly generation: number;
  /** The 60 bytes that hold the map of its blocks, a short link's target, or the start of its content. */
  readonly area: Buffer;
  readonly attributeBlock: number;
  /** The whole inode as it is on the volume. */
  readonly raw: Buffer;
  /** Where its extended attributes begin in `raw`; its end where there is no room for any. */
  readonly attributesAt: number;
  /** What the checksums of its extents and folders begin with. */
  readonly seed: number;
  readonly isChecksumRight: boolean;
}

/** Inode flags (Linux, include/uapi/linux/fs.h; fs/ext4/ext4.h). */
export const inodeFlags = {
  compressed: 0x4,
  immutable: 0x10,
  appendOnly: 0x20,
  encrypted: 0x800,
  indexed: 0x1000,
  huge: 0x40000,
  extents: 0x80000,
  verity: 0x100000,
  attributeValue: 0x200000,
  inline: 0x10000000,
  casefold: 0x40000000,
} as const;

export const hasFlag = ({ flags }: Inode, flag: keyof typeof inodeFlags): boolean => (flags & inodeFlags[flag]) !== 0;

const kinds: Readonly<Record<number, InodeKind>> = {
  1: 'fifo',
  2: 'character-device',
  4: 'directory',
  6: 'block-device',
  8: 'file',
  10: 'symlink',
  12: 'socket',
};

const oldBytes = 128;
const tablePieceBytes = 65536;

/** The bytes of an inode; undefined where its number is none, or its place is unknown or cannot be read. */
export const readRawInode = (volume: ExtVolume, number: number): Buffer | undefined => {
  const { inodes, inodesPerGroup, inodeBytes, blockBytes } = volume.superblock;
  if (!(number >= 1 && number <= inodes)) return undefined;
  const group = Math.floor((number - 1) / inodesPerGroup);
  const table = volume.groups.get(group)?.inodeTable;
  if (table === undefined || table === 0) return undefined;
  const at = ((number - 1) % inodesPerGroup) * inodeBytes;
  const pieceBlocks = Math.max(1, tablePieceBytes / blockBytes);
  const piece = Math.floor(at / blockBytes / pieceBlocks) * pieceBlocks;
  const most = Math.ceil((inodesPerGroup * inodeBytes) / blockBytes) - piece;
  const read = (first: number) => readBlocks(volume, first, Math.min(pieceBlocks, most));
  const bytes = volume.inodeTables.get(table + piece, read);
  const start = at - piece * blockBytes;
  if (bytes.length >= start + inodeBytes) return bytes.subarray(start, start + inodeBytes);
  // One block of the piece is bad: those behind it may not be.
  const block = table + Math.floor(at / blockBytes);
  const alone = readBlocks(volume, block, 1);
  if (alone.length === blockBytes) return alone.subarray(at % blockBytes, (at % blockBytes) + inodeBytes);
  noteBlock(volume, 'unreadable', block, number);
  return undefined;
};

/** An inode. What its checksum says of it stands in it. undefined where there is none to be read. */
export const readInode = (volume: ExtVolume, number: number): Inode | undefined => {
  const raw = readRawInode(volume, number);
  if (raw === undefined) return undefined;
  const inode = parseInode(volume, number, raw);
  if (!inode.isChecksumRight) volume.findings.add({ kind: 'inode-checksum', inode: number });
  return inode;
};

export const parseInode = (volume: ExtVolume, number: number, raw: Buffer): Inode => {
  const { superblock } = volume;
  const { features, inodeBytes, isHurd, blockBytes } = superblock;
  const u16 = (at: number) => raw.readUInt16LE(at);
  const u32 = (at: number) => raw.readUInt32LE(at);
  const extraBytes = inodeBytes > oldBytes ? u16(0x80) : 0;
  const fields = extraBytes <= inodeBytes - oldBytes ? oldBytes + extraBytes : oldBytes;
  const time = (at: number, extraAt: number) => timeOf(raw.readInt32LE(at), extraAt + 4 <= fields ? u32(extraAt) : 0);
  const kind = kinds[u16(0x00) >> 12] ?? 'unknown';
  const flags = u32(0x20);
  const generation = u32(0x64);
  const hasLongSize = kind === 'file' || (kind === 'directory' && features.largeFolders);
  const sectors = joined(u32(0x1c), features.hugeFiles ? u16(0x74) : 0);
  const seed = features.metadataChecksums ? crc32cOf(crc32cOf(superblock.seed, number), generation) : 0;
  return {
    number,
    kind,
    mode: u16(0x00) & 0o7777,
    uid: u16(0x02) + u16(0x78) * 65536,
    gid: u16(0x18) + u16(0x7a) * 65536,
    links: u16(0x1a),
    sizeBytes: joined(u32(0x04), hasLongSize ? u32(0x6c) : 0),
    accessedAtNs: time(0x08, 0x8c),
    changedAtNs: time(0x0c, 0x84),
    modifiedAtNs: time(0x10, 0x88),
    bornAtNs: 0x94 <= fields ? time(0x90, 0x94) : undefined,
    flags,
    sectors: flags & inodeFlags.huge && features.hugeFiles ? sectors * (blockBytes / 512) : sectors,
    generation,
    area: raw.subarray(0x28, 0x64),
    attributeBlock: joined(u32(0x68), isHurd ? 0 : u16(0x76)),
    raw,
    attributesAt: inodeBytes > oldBytes ? fields : inodeBytes,
    seed,
    isChecksumRight: !features.metadataChecksums || isRight(raw, seed, fields),
  };
};

/** Two bits make the seconds longer, thirty are nanoseconds (ext4/inodes.rst, "Inode Timestamps"). */
const timeOf = (seconds: number, extra: number): bigint =>
  BigInt(seconds + (extra & 3) * 2 ** 32) * 1_000_000_000n + BigInt(Math.min(extra >>> 2, 999_999_999));

const isRight = (raw: Buffer, seed: number, fields: number): boolean => {
  const hasHigh = fields >= 0x84;
  const low = raw.readUInt16LE(0x7c);
  const expected = hasHigh ? low + raw.readUInt16LE(0x82) * 65536 : low;
  const until = hasHigh ? 0x82 : raw.length;
  const first = crc32cAround(seed, raw, until, 0x7c, 2);
  const crc = hasHigh ? crc32c(crc32c(first, new Uint8Array(2)), raw, 0x84) : first & 0xffff;
  // An inode that was never written is all zeros.
  return crc >>> 0 === expected || raw.every((byte) => byte === 0);
};
