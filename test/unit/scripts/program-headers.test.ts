import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { assertProgramHeaders } from '../../../scripts/build/program-headers.ts';
import { withFolder } from '../../support/tools.ts';

interface Load {
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/** As much of an ELF64 file as the check reads: elf(5). */
const elf = (tableOffset: number, loads: readonly Load[]): Uint8Array => {
  const view = new DataView(new ArrayBuffer(0x4000));
  view.setBigUint64(32, BigInt(tableOffset), true);
  view.setUint16(54, 56, true);
  view.setUint16(56, loads.length, true);
  loads.forEach(({ offset, address, size }, index) => {
    const at = tableOffset + index * 56;
    view.setUint32(at, 1, true);
    view.setBigUint64(at + 8, BigInt(offset), true);
    view.setBigUint64(at + 16, BigInt(address), true);
    view.setBigUint64(at + 32, BigInt(size), true);
  });
  return new Uint8Array(view.buffer);
};

const check = (tableOffset: number, loads: readonly Load[]): void =>
  withFolder((folder) => {
    const path = join(folder, 'program');
    writeFileSync(path, elf(tableOffset, loads));
    assertProgramHeaders(path);
  });

const first = { offset: 0, address: 0x400000, size: 0x1000 };

test('headers in the first segment, or moved to one that keeps the distance, pass', () => {
  expect(() => check(64, [first])).not.toThrow();
  expect(() => check(0x2000, [first, { offset: 0x2000, address: 0x402000, size: 0x1000 }])).not.toThrow();
});

test('headers moved to where an older kernel would not look are refused', () => {
  const moved = { offset: 0x2000, address: 0x600000, size: 0x1000 };
  expect(() => check(0x2000, [first, moved])).toThrow('are at 0x600000, but Linux before 5.18 would say 0x402000');
});

test('headers that are not loaded at all are refused', () => {
  expect(() => check(0x2000, [first])).toThrow('cannot start');
});
