import { expect, test } from 'vitest';
import { crc16, crc32c, crc32cAround, crc32cOf, crc32Forward, crcStart } from '../../../src/ext/checksum.ts';

/** The check value of every catalogue of checksums. */
const check = Buffer.from('123456789');

test('the three checksums give the values that catalogues of checksums have', () => {
  expect((crc32c(crcStart, check) ^ crcStart) >>> 0).toBe(0xe3069283); // CRC-32/ISCSI
  expect(crc16(0, check)).toBe(0xbb3d); // CRC-16/ARC
  expect(crc32Forward(crcStart, check)).toBe(0x0376e6e7); // CRC-32/MPEG-2
});

test('a checksum is the same in pieces, at any place, and around a hole of zeros', () => {
  const bytes = Buffer.from(Array.from({ length: 101 }, (_, index) => (index * 37) & 0xff));
  const whole = crc32c(crcStart, bytes);
  for (let at = 0; at < bytes.length; at++) expect(crc32c(crc32c(crcStart, bytes, 0, at), bytes, at)).toBe(whole);
  const holed = Buffer.from(bytes).fill(0, 17, 21);
  expect(crc32cAround(crcStart, bytes, bytes.length, 17, 4)).toBe(crc32c(crcStart, holed));
  expect(crc32cOf(crcStart, 0x34333231)).toBe(crc32c(crcStart, Buffer.from('1234')));
});
