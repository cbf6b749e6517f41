import { crc32c } from '../checksum.ts';

/** Where the entries of the index begin: behind the two dots and the root's own facts, or behind one empty entry. */
const rootEntriesAt = 32;
const nodeEntriesAt = 8;
const entryBytes = 8;

/**
 * Whether the checksum of a block of a folder's index is right (Linux, ext4/directory.rst, "Hash Tree Directories"). It
 * stands behind the last entry that there is room for, and covers those that there are, and the four bytes before it.
 */
export const isIndexRight = (bytes: Buffer, seed: number, isRoot: boolean): boolean => {
  const at = isRoot ? rootEntriesAt : nodeEntriesAt;
  const [limit, count] = [bytes.readUInt16LE(at), bytes.readUInt16LE(at + 2)];
  const tailAt = at + limit * entryBytes;
  if (count > limit || tailAt + 8 > bytes.length) return false;
  const crc = crc32c(crc32c(seed, bytes, 0, at + count * entryBytes), bytes, tailAt, tailAt + 4);
  return crc32c(crc, new Uint8Array(4)) === bytes.readUInt32LE(tailAt + 4);
};
