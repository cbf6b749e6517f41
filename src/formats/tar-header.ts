import { decodeBytes, encodeBytes } from './bytes.ts';
import { formatPaxRecords } from './pax.ts';

/** A block of a tar archive (POSIX.1-2017 pax, "ustar Interchange Format"): a header is one, content is filled up to whole ones. */
export const headerBytes = 512;

/** What an archive ends with. */
export const tarEnd = new Uint8Array(2 * headerBytes);

/** Zeros up to the next whole block. */
export const paddingOf = (sizeBytes: number): number => (headerBytes - (sizeBytes % headerBytes)) % headerBytes;

/** Whether an archive ends with this block. */
export const isTarEnd = (block: Uint8Array): boolean => block.every((byte) => byte === 0);

/** Whether a whole block is a header: its sum is right. */
export const isTarHeader = (block: Uint8Array): boolean => checksumOf(block) === octal(block, 148, 8);

/** Whether an archive can begin with these bytes: a header with its right sum, or, where it is empty, its end. */
export const isTarStart = (start: Uint8Array): boolean => {
  const block = start.subarray(0, headerBytes);
  return block.length === headerBytes && (isTarEnd(block) || isTarHeader(block));
};

/** `0` a file, `5` a folder, `x`, `g`, `L` and `K` something about the next member, … */
export const tarTypeOf = (header: Uint8Array): string => {
  const type = text(header, 156, 1);
  // Before POSIX a file had none; `7` is a file that lies in one piece.
  return type === '' || type === '7' ? '0' : type;
};

/** As the header alone has it. @throws RangeError where it is no number */
export const tarSizeOf = (header: Uint8Array): number => {
  const isBinary = ((header[124] ?? 0) & 0x80) !== 0;
  const sizeBytes = isBinary
    ? Number(new DataView(header.buffer, header.byteOffset).getBigUint64(128))
    : octal(header, 124, 12);
  if (!Number.isSafeInteger(sizeBytes)) throw new RangeError('no tar header');
  return sizeBytes;
};

/** As the header alone has it. */
export const tarNameOf = (header: Uint8Array): string => {
  const prefix = text(header, 257, 5) === 'ustar' && text(header, 263, 2) === '00' ? text(header, 345, 155) : '';
  return prefix === '' ? text(header, 0, 100) : `${prefix}/${text(header, 0, 100)}`;
};

/** The same header for a member of another size. */
export const withSize = (header: Uint8Array, sizeBytes: number): Uint8Array => {
  const changed = Uint8Array.from(header);
  // Beyond 8 GiB the number stands in binary, marked by the first bit (GNU tar manual, "Extensions").
  if (sizeBytes >= 8 ** 11) {
    changed.fill(0, 124, 136);
    changed[124] = 0x80;
    new DataView(changed.buffer).setBigUint64(128, BigInt(sizeBytes));
  } else changed.set(Buffer.from(`${sizeBytes.toString(8).padStart(11, '0')}\0`), 124);
  changed.set(Buffer.from(`${checksumOf(changed).toString(8).padStart(6, '0')}\0 `), 148);
  return changed;
};

/** A new header, and a pax record before it where the name is too long for one. */
export function* newTarHeaders(name: string, sizeBytes: number, modifiedAtSeconds: number): Generator<Uint8Array> {
  const bytes = encodeBytes(name);
  if (bytes.length > nameBytes) {
    const body = formatPaxRecords(new Map([['path', name]]));
    yield newHeader('PaxHeaders', 'x', body.length, modifiedAtSeconds);
    yield body;
    yield new Uint8Array(paddingOf(body.length));
  }
  yield newHeader(bytes.subarray(0, nameBytes), '0', sizeBytes, modifiedAtSeconds);
}

const nameBytes = 100;

const newHeader = (
  name: string | Uint8Array,
  type: string,
  sizeBytes: number,
  modifiedAtSeconds: number,
): Uint8Array => {
  const header = Buffer.alloc(headerBytes);
  header.set(typeof name === 'string' ? Buffer.from(name) : name);
  header.write('0000644\x000000000\x000000000\0', 100, 'latin1');
  header.write(`${modifiedAtSeconds.toString(8).padStart(11, '0')}\0`, 136, 'latin1');
  header.write(type, 156, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  return withSize(header, sizeBytes);
};

const text = (header: Uint8Array, at: number, length: number): string =>
  decodeBytes(header.subarray(at, at + length)).replace(/\0.*$/s, '');

const octal = (header: Uint8Array, at: number, length: number): number => {
  const digits = text(header, at, length).trim();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : Number.NaN;
};

/** The sum of all bytes, those of the sum itself counted as blanks. */
const checksumOf = (header: Uint8Array): number =>
  header.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 0x20 : byte), 0);
