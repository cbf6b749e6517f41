/**
 * The checksums of ext4: CRC-32C (Linux, Documentation/filesystems/ext4/checksums.rst), without the inversion at the
 * end; CRC-16 of the group descriptors of `uninit_bg`; and CRC-32 as the first kind of journal checksums has it.
 */

const tableOf = (polynomial: number): Int32Array =>
  Int32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value;
  });

/** Four tables, so that four bytes are taken at a time: table n is what a byte does n places further on. */
const slicesOf = (polynomial: number): readonly [Int32Array, Int32Array, Int32Array, Int32Array] => {
  const first = tableOf(polynomial);
  const after = (table: Int32Array) => table.map((value) => ((first[value & 0xff] ?? 0) ^ (value >>> 8)) | 0);
  const second = after(first);
  const third = after(second);
  return [first, second, third, after(third)];
};

const [castagnoli, castagnoli1, castagnoli2, castagnoli3] = slicesOf(0x82f63b78);
const arc = tableOf(0xa001);

/** What every chain of these checksums begins with. */
export const crcStart = 0xffffffff;

/** @returns unsigned */
export const crc32c = (seed: number, bytes: Uint8Array, start = 0, end = bytes.length): number => {
  let crc = seed | 0;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    crc ^=
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    crc =
      (castagnoli3[crc & 0xff] as number) ^
      (castagnoli2[(crc >>> 8) & 0xff] as number) ^
      (castagnoli1[(crc >>> 16) & 0xff] as number) ^
      (castagnoli[crc >>> 24] as number);
  }
  for (; at < end; at++) crc = (castagnoli[(crc ^ (bytes[at] as number)) & 0xff] as number) ^ (crc >>> 8);
  return crc >>> 0;
};

const word = new Uint8Array(4);

/** The same over one little-endian 32-bit number. */
export const crc32cOf = (seed: number, value: number): number => {
  word[0] = value;
  word[1] = value >>> 8;
  word[2] = value >>> 16;
  word[3] = value >>> 24;
  return crc32c(seed, word);
};

const zeros = new Uint8Array(8);

/** Over bytes in which some count as zeros: where the checksum itself stands. */
export const crc32cAround = (seed: number, bytes: Uint8Array, end: number, holeAt: number, holeBytes: number): number =>
  crc32c(crc32c(crc32c(seed, bytes, 0, holeAt), zeros, 0, holeBytes), bytes, holeAt + holeBytes, end);

export const crc16 = (seed: number, bytes: Uint8Array, start = 0, end = bytes.length): number => {
  let crc = seed & 0xffff;
  for (let at = start; at < end; at++) crc = (arc[(crc ^ (bytes[at] as number)) & 0xff] as number) ^ (crc >>> 8);
  return crc & 0xffff;
};

const forward = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = value < 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value;
});

/** CRC-32 with the highest bit first, as jbd2's `checksum` feature has it (Linux, fs/jbd2/recovery.c). */
export const crc32Forward = (seed: number, bytes: Uint8Array): number => {
  let crc = seed | 0;
  for (const byte of bytes) crc = (forward[((crc >>> 24) ^ byte) & 0xff] as number) ^ (crc << 8);
  return crc >>> 0;
};
