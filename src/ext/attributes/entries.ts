import { crc32c, crc32cAround } from '../checksum.ts';
import type { Inode } from '../inode.ts';
import { type ExtVolume, noteBlock, readBlocks } from '../volume.ts';

/** An extended attribute as it stands in an inode or a block (Linux, Documentation/filesystems/ext4/attributes.rst). */
export interface RawAttribute {
  /** What its name begins with: 1 is `user.`. */
  readonly index: number;
  /** Each character stands for one byte. */
  readonly name: string;
  readonly value: Buffer;
  /** The inode that holds the value instead; 0 for none. */
  readonly valueInode: number;
  readonly valueBytes: number;
  /** Of name and value; 0 where it was not kept. */
  readonly hash: number;
  /** Whether the value could be taken, and its hash is right. */
  readonly isRight: boolean;
}

const magic = 0xea020000;
const entryBytes = 16;
const blockHeaderBytes = 32;
const blockChecksumAt = 16;

/** Those in the inode, behind its fields. */
export const attributesInInode = (volume: ExtVolume, inode: Inode): readonly RawAttribute[] => {
  const { raw, attributesAt } = inode;
  const first = attributesAt + 4;
  if (first + 4 > raw.length || raw.readUInt32LE(attributesAt) !== magic) return [];
  const complain = () => volume.findings.add({ kind: 'attribute-bad', inode: inode.number });
  return [...takeEntries(raw.subarray(first), 0, inode.isChecksumRight, complain)];
};

/** Those in the block that the inode names. */
export const attributesInBlock = (volume: ExtVolume, inode: Inode): readonly RawAttribute[] => {
  const { attributeBlock: block } = inode;
  if (block === 0) return [];
  const { blockBytes, blocks } = volume.superblock;
  const bytes = block < blocks ? readBlocks(volume, block, 1) : Buffer.alloc(0);
  const complain = () => noteBlock(volume, 'attribute-bad', block, inode.number);
  if (bytes.length < blockBytes || bytes.readUInt32LE(0) !== magic) {
    noteBlock(volume, block < blocks ? 'attribute-bad' : 'block-outside', block, inode.number);
    return [];
  }
  const isRight = isBlockRight(volume, block, bytes);
  if (!isRight) noteBlock(volume, 'attribute-checksum', block, inode.number);
  return [...takeEntries(bytes, blockHeaderBytes, isRight, complain)];
};

const isBlockRight = ({ superblock }: ExtVolume, block: number, bytes: Buffer): boolean => {
  if (!superblock.features.metadataChecksums) return true;
  const number = Buffer.alloc(8);
  number.writeUInt32LE(block % 2 ** 32);
  number.writeUInt32LE(Math.floor(block / 2 ** 32), 4);
  const crc = crc32cAround(crc32c(superblock.seed, number), bytes, bytes.length, blockChecksumAt, 4);
  return crc === bytes.readUInt32LE(blockChecksumAt);
};

/** @param bytes what the places of values are counted from, up to the end of the room that there is */
function* takeEntries(bytes: Buffer, first: number, isTrusted: boolean, complain: () => void): Generator<RawAttribute> {
  for (let at = first; at + 4 <= bytes.length && bytes.readUInt32LE(at) !== 0; ) {
    const nameBytes = bytes[at] as number;
    const end = at + entryBytes + nameBytes;
    if (end > bytes.length) return complain();
    const valueAt = bytes.readUInt16LE(at + 2);
    const valueInode = bytes.readUInt32LE(at + 4);
    const valueBytes = bytes.readUInt32LE(at + 8);
    const hash = bytes.readUInt32LE(at + 12);
    const isInside = valueInode > 0 || valueAt + valueBytes <= bytes.length;
    const value = valueInode > 0 || !isInside ? Buffer.alloc(0) : bytes.subarray(valueAt, valueAt + valueBytes);
    const name = bytes.subarray(at + entryBytes, end);
    const isRight = isInside && (valueInode > 0 || hash === 0 || isHashRight(hash, name, value));
    if (!isRight) complain();
    yield {
      ...{ index: bytes[at + 1] as number, name: name.toString('latin1'), value, valueInode, valueBytes, hash },
      isRight: isRight && isTrusted,
    };
    at = (end + 3) & ~3;
  }
}

/** Kernels took a character for signed or not, as their compilers did: both are right (fs/ext4/xattr.c). */
export const isHashRight = (hash: number, name: Buffer, value: Buffer): boolean =>
  [false, true].some((isSigned) => hashOf(name, value, isSigned) === hash);

const hashOf = (name: Buffer, value: Buffer, isSigned: boolean): number => {
  let hash = 0;
  for (const byte of name) hash = ((hash << 5) ^ (hash >>> 27) ^ (isSigned ? (byte << 24) >> 24 : byte)) | 0;
  for (let at = 0; at < value.length; at += 4) {
    let word = 0;
    for (let index = 0; index < 4; index++) word |= (value[at + index] ?? 0) << (index * 8);
    hash = ((hash << 16) ^ (hash >>> 16) ^ word) | 0;
  }
  return hash >>> 0;
};
