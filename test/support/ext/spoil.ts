import { crc32c, crc32cOf, crcStart } from '../../../src/ext/checksum.ts';
import { parseInode, readRawInode } from '../../../src/ext/inode.ts';
import type { Port } from '../../../src/ext/port.ts';
import type { ExtVolume } from '../../../src/ext/volume.ts';
import type { seededRandom } from '../random.ts';

type Random = ReturnType<typeof seededRandom>;

/** An image in memory. Who asks for anything outside of it has a fault. */
export const memoryPort = (bytes: Buffer): Port => ({
  sizeBytes: bytes.length,
  read: (offset, length) => {
    if (!(offset >= 0 && length >= 0 && offset + length <= bytes.length))
      throw new Error(`outside: ${length} bytes at ${offset} of ${bytes.length}`);
    return bytes.subarray(offset, offset + length);
  },
});

/** What a good volume has where, so that damage hits something. */
export interface Anatomy {
  readonly volume: ExtVolume;
  /** Inodes that are in use. */
  readonly inodes: readonly number[];
  /** Blocks of folders, of maps, of attributes, and of the journal. */
  readonly blocks: readonly number[];
}

const interesting = [
  0, 1, 2, 7, 8, 12, 0x7f, 0xff, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff,
];

const valueFor = (random: Random, { volume, inodes, blocks }: Anatomy): number => {
  const kind = random.below(4);
  if (kind === 0) return inodes[random.below(inodes.length)] ?? 2;
  if (kind === 1) return blocks[random.below(blocks.length)] ?? 1;
  if (kind === 2) return random.below(volume.superblock.blocks + 10);
  return interesting[random.below(interesting.length)] ?? 0;
};

const putValue = (random: Random, bytes: Buffer, anatomy: Anatomy): void => {
  const width = random.pick([1, 2, 4, 4]);
  const at = Math.floor(random.below(bytes.length - width + 1) / width) * width;
  bytes.writeUIntLE(valueFor(random, anatomy) % 2 ** (8 * width), at, width);
};

/** Damages an image: bits anywhere, or fields of its structures, with their checksums made right again or not. */
export const spoil = (image: Buffer, anatomy: Anatomy, random: Random): void => {
  const { volume, inodes, blocks } = anatomy;
  const { blockBytes, features } = volume.superblock;
  for (let count = random.pick([1, 1, 2, 5, 30]); count > 0; count--) {
    const kind = random.below(6);
    if (kind === 0) {
      const at = random.below(image.length);
      image[at] = (image[at] ?? 0) ^ (1 << random.below(8));
    } else if (kind === 1) {
      putValue(random, image.subarray(1024, 2048), anatomy);
      if (features.metadataChecksums) image.writeUInt32LE(crc32c(crcStart, image, 1024, 2044), 2044);
    } else if (kind === 2) {
      const at = (volume.superblock.firstDataBlock + 1) * blockBytes;
      putValue(random, image.subarray(at, at + 256), anatomy);
    } else if (kind === 3) spoilInode(anatomy, random, inodes[random.below(inodes.length)] ?? 2);
    else {
      const block = blocks[random.below(blocks.length)] ?? 0;
      const bytes = image.subarray(block * blockBytes, (block + 1) * blockBytes);
      const most = random.pick([64, 64, blockBytes]);
      for (let left = random.pick([1, 3, 20]); left > 0; left--) putValue(random, bytes.subarray(0, most), anatomy);
    }
  }
};

const spoilInode = (anatomy: Anatomy, random: Random, number: number): void => {
  const { volume } = anatomy;
  const raw = readRawInode(volume, number);
  if (raw === undefined) return;
  // The port gives parts of the image itself.
  for (let left = random.pick([1, 2, 6]); left > 0; left--)
    putValue(random, random.pick([raw, raw.subarray(0x28, 0x64), raw.subarray(0, 0x28)]), anatomy);
  if (!volume.superblock.features.metadataChecksums || random.below(4) === 0) return;
  const generation = raw.readUInt32LE(0x64);
  const seed = crc32cOf(crc32cOf(volume.superblock.seed, number), generation);
  const hasHigh = raw.length > 128 && raw.readUInt16LE(0x80) >= 4 && raw.readUInt16LE(0x80) <= raw.length - 128;
  raw.writeUInt16LE(0, 0x7c);
  if (hasHigh) raw.writeUInt16LE(0, 0x82);
  const crc = crc32c(seed, raw);
  raw.writeUInt16LE(crc & 0xffff, 0x7c);
  if (hasHigh) raw.writeUInt16LE(crc >>> 16, 0x82);
  if (!parseInode(volume, number, raw).isChecksumRight) throw new Error('the checksum is still wrong');
};
