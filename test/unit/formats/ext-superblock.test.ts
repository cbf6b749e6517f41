import { expect, test } from 'vitest';
import { parseExtSuperblock } from '../../../src/formats/ext-superblock.ts';

/** A superblock field by field, at the offsets of Linux' Documentation/filesystems/ext4/super.rst. */
const superblock = (fields: { state?: number; compat?: number; incompat?: number; label?: string } = {}) => {
  const { state = 1, compat = 0x4, incompat = 0x80, label = 'hassos-data' } = fields;
  const bytes = Buffer.alloc(1024);
  bytes.writeUInt32LE(1000, 0x04);
  bytes.writeUInt32LE(400, 0x0c);
  bytes.writeUInt32LE(2, 0x18);
  bytes.writeUInt32LE(1_795_238_862, 0x30);
  bytes.writeUInt16LE(0xef53, 0x38);
  bytes.writeUInt16LE(state, 0x3a);
  bytes.writeUInt32LE(compat, 0x5c);
  bytes.writeUInt32LE(incompat, 0x60);
  bytes.write('34f546d98f7b48f0ae900378c596265e', 0x68, 'hex');
  bytes.write(label, 0x78, 16, 'latin1');
  return bytes;
};

test('the facts', () => {
  expect(parseExtSuperblock(superblock())).toEqual({
    state: 'clean',
    label: 'hassos-data',
    uuid: '34f546d9-8f7b-48f0-ae90-0378c596265e',
    usedBytes: 600 * 4096,
    writtenAtMs: 1_795_238_862_000,
  });
});

const hasJournal = 0x4;
const recovery = 0x4;

test.each([
  ['clean', { state: 1, compat: hasJournal }],
  ['clean', { state: 1, compat: 0 }],
  ['dirty', { state: 1, compat: hasJournal, incompat: recovery }],
  ['dirty', { state: 0, compat: hasJournal, incompat: recovery }],
  ['dirty', { state: 5, compat: hasJournal }],
  ['errors', { state: 3, compat: hasJournal }],
  ['errors', { state: 2, compat: hasJournal, incompat: recovery }],
  ['errors', { state: 0, compat: 0 }],
  ['errors', { state: 0, compat: hasJournal }],
] as const)('%s: %o', (state, fields) => {
  expect(parseExtSuperblock(superblock(fields))?.state).toBe(state);
});

test('sizes and times beyond 32 bits', () => {
  const bytes = superblock();
  bytes.writeUInt32LE(1, 0x150);
  bytes.writeUInt8(1, 0x274);
  expect(parseExtSuperblock(bytes)).toMatchObject({
    usedBytes: (600 + 2 ** 32) * 4096,
    writtenAtMs: (1_795_238_862 + 2 ** 32) * 1000,
  });
  bytes.writeUInt32LE(0, 0x60); // without the 64-bit feature the upper half means nothing
  expect(parseExtSuperblock(bytes)?.usedBytes).toBe(600 * 4096);
});

test('labels: sixteen bytes of anything, or none', () => {
  expect(parseExtSuperblock(superblock({ label: 'sixteen bytes ok' }))?.label).toBe('sixteen bytes ok');
  expect(parseExtSuperblock(superblock({ label: '\x1b[1m\n\xff' }))?.label).toBe('\x1b[1m\n\udcff');
  expect(parseExtSuperblock(superblock({ label: '' }))).not.toHaveProperty('label');
});

test('no superblock', () => {
  expect(parseExtSuperblock(new Uint8Array(1024))).toBeUndefined();
  expect(parseExtSuperblock(superblock().subarray(0, 1000))).toBeUndefined();
});

test('a view into a larger buffer', () => {
  const larger = Buffer.concat([Buffer.alloc(1024, 0xff), superblock()]);
  expect(parseExtSuperblock(larger.subarray(1024))?.label).toBe('hassos-data');
});
