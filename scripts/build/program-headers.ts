import { readFileSync } from 'node:fs';

const loadSegment = 1;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly sizeInFile: number;
}

/** ELF64, little-endian: elf(5). */
const readSegments = (elf: DataView): { tableOffset: number; segments: readonly Segment[] } => {
  const tableOffset = Number(elf.getBigUint64(32, true));
  const entrySize = elf.getUint16(54, true);
  const segments = Array.from({ length: elf.getUint16(56, true) }, (_, index): Segment => {
    const at = tableOffset + index * entrySize;
    return {
      type: elf.getUint32(at, true),
      offset: Number(elf.getBigUint64(at + 8, true)),
      address: Number(elf.getBigUint64(at + 16, true)),
      sizeInFile: Number(elf.getBigUint64(at + 32, true)),
    };
  });
  return { tableOffset, segments };
};

/**
 * Linux before 5.18 tells a program that its program headers lie at the first segment's base plus their file offset.
 * Injecting moves the headers, and on an unlucky Node to where that sum is wrong: the binary then crashes before main on
 * the older kernels that rescue systems run, and works here.
 * @throws Error when the headers of the file are not where an older kernel would say
 */
export const assertProgramHeaders = (path: string): void => {
  const bytes = readFileSync(path);
  const { tableOffset, segments } = readSegments(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const loaded = segments.filter(({ type }) => type === loadSegment);
  const holder = loaded.find((each) => each.offset <= tableOffset && tableOffset < each.offset + each.sizeInFile);
  const first = loaded[0];
  if (first === undefined || holder === undefined) {
    throw new Error(`${path}: its program headers are in no loaded segment, so it cannot start`);
  }
  const told = first.address - first.offset + tableOffset;
  const real = holder.address - holder.offset + tableOffset;
  if (told !== real) {
    const hex = (value: number): string => `0x${value.toString(16)}`;
    throw new Error(`${path}: program headers are at ${hex(real)}, but Linux before 5.18 would say ${hex(told)}`);
  }
};
