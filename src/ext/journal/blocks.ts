import { crc32c, crc32cAround } from '../checksum.ts';
import { joined } from '../port.ts';
import type { Log } from './log.ts';

/** What a descriptor block says of one of the blocks that follow it. */
export interface Tag {
  /** Where on the volume it belongs. */
  readonly block: number;
  readonly checksum: number;
  readonly isEscaped: boolean;
}

const headerBytes = 12;
const uuidBytes = 16;
const tailBytes = 4;
const flags = { escaped: 1, sameUuid: 2, last: 8 } as const;

/** The room of a tag, which grew with the years (Linux, fs/jbd2/journal.c, journal_tag_bytes). */
const tagBytes = ({ features }: Log): number => {
  if (features.checksums === 3) return 16;
  return (features.is64Bit ? 12 : 8) + (features.checksums === 2 ? 2 : 0);
};

/** The tags of a descriptor block (Linux, Documentation/filesystems/ext4/journal.rst, "Descriptor Block"). */
export const tagsOf = (log: Log, bytes: Buffer): readonly Tag[] => {
  const { checksums, is64Bit } = log.features;
  const size = tagBytes(log);
  const end = bytes.length - (checksums ? tailBytes : 0);
  const tags: Tag[] = [];
  for (let at = headerBytes; at + size <= end; ) {
    const word = checksums === 3 ? bytes.readUInt32BE(at + 4) : bytes.readUInt16BE(at + 6);
    tags.push({
      block: joined(bytes.readUInt32BE(at), is64Bit ? bytes.readUInt32BE(at + 8) : 0),
      checksum: checksums === 3 ? bytes.readUInt32BE(at + 12) : bytes.readUInt16BE(at + 4),
      isEscaped: (word & flags.escaped) !== 0,
    });
    at += size + (word & flags.sameUuid ? 0 : uuidBytes);
    if (word & flags.last) break;
  }
  return tags;
};

/** Whether a block of the log belongs to its tag. */
export const isTagRight = ({ features, seed }: Log, tag: Tag, sequence: number, bytes: Buffer): boolean => {
  if (features.checksums === 0) return true;
  const number = Buffer.alloc(4);
  number.writeUInt32BE(sequence);
  const crc = crc32c(crc32c(seed, number), bytes);
  return features.checksums === 3 ? crc === tag.checksum : (crc & 0xffff) === tag.checksum;
};

/** Whether the checksum at the end of a descriptor or revoke block is right. */
export const isTailRight = ({ features, seed }: Log, bytes: Buffer): boolean => {
  if (features.checksums === 0) return true;
  const at = bytes.length - tailBytes;
  return crc32cAround(seed, bytes, bytes.length, at, tailBytes) === bytes.readUInt32BE(at);
};

const commitChecksumAt = 16;

/** Whether the checksum of a commit block is right. */
export const isCommitRight = ({ features, seed }: Log, bytes: Buffer): boolean =>
  features.checksums === 0 ||
  crc32cAround(seed, bytes, bytes.length, commitChecksumAt, 4) === bytes.readUInt32BE(commitChecksumAt);

/** The older kind of checksum, of all blocks of a transaction, in its commit block: right, or not kept. */
export const isTransactionRight = (bytes: Buffer, crc: number): boolean => {
  const [kind, size, stored] = [bytes[12], bytes[13], bytes.readUInt32BE(commitChecksumAt)];
  return (kind === 1 && size === 4 && stored === crc) || (kind === 0 && size === 0 && stored === 0);
};

/** When a transaction was committed, in seconds since 1970. */
export const commitTimeOf = (bytes: Buffer): number => joined(bytes.readUInt32BE(52), bytes.readUInt32BE(48));

/** The blocks that a revoke block takes back; undefined where its count cannot be. */
export const revokedBy = ({ features }: Log, bytes: Buffer): readonly number[] | undefined => {
  const end = bytes.readUInt32BE(headerBytes);
  if (end > bytes.length - (features.checksums ? tailBytes : 0)) return undefined;
  const size = features.is64Bit ? 8 : 4;
  const blocks: number[] = [];
  for (let at = headerBytes + 4; at + size <= end; at += size)
    blocks.push(features.is64Bit ? joined(bytes.readUInt32BE(at + 4), bytes.readUInt32BE(at)) : bytes.readUInt32BE(at));
  return blocks;
};
