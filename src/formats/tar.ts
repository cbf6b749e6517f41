import { type ByteReader, createByteReader } from './byte-reader.ts';
import { decodeBytes } from './bytes.ts';

const blockBytes = 512;

/** One member of a tar archive (POSIX.1-2017 pax, "ustar Interchange Format"), its content still to be read. */
export interface TarMember {
  /** As it stands in the archive, for passing it on. */
  readonly header: Uint8Array;
  readonly name: string;
  /** `0` a file, `5` a folder, `x`, `g` and `L` something about the next member, … */
  readonly type: string;
  readonly sizeBytes: number;
  /** Must be read, or left, before the next member is asked for. Ends early where the archive is cut short. */
  readonly content: AsyncGenerator<Uint8Array>;
}

/** The members in order. @throws RangeError where the archive is no tar or is cut short */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarMember> {
  const reader = createByteReader(source);
  try {
    for (let header = await readHeader(reader); header; header = await readHeader(reader)) {
      const sizeBytes = sizeOf(header);
      let left = sizeBytes;
      const take = async function* () {
        for await (const chunk of reader.take(left)) {
          left -= chunk.length;
          yield chunk;
        }
      };
      yield { header, name: nameOf(header), type: text(header, 156, 1) || '0', sizeBytes, content: take() };
      for await (const _rest of take());
      if (left > 0) throw new RangeError('cut short');
      await reader.read(paddingOf(sizeBytes));
    }
  } finally {
    await reader.close();
  }
}

/** Whether an archive can begin with these bytes: a header with its right sum, or, where it is empty, its end. */
export const isTarStart = (start: Uint8Array): boolean => {
  const block = start.subarray(0, blockBytes);
  return block.length === blockBytes && (isEnd(block) || checksumOf(block) === octal(block, 148, 8));
};

const isEnd = (block: Uint8Array): boolean => block.every((byte) => byte === 0);

/** undefined at the end of the archive. */
const readHeader = async (reader: ByteReader): Promise<Uint8Array | undefined> => {
  const header = await reader.read(blockBytes);
  if (header.length === 0 || (header.length === blockBytes && isEnd(header))) return undefined;
  if (header.length < blockBytes) throw new RangeError('cut short');
  if (checksumOf(header) !== octal(header, 148, 8)) throw new RangeError('no tar header');
  return header;
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

/** Zeros up to the next whole block. */
export const paddingOf = (sizeBytes: number): number => (blockBytes - (sizeBytes % blockBytes)) % blockBytes;

/** What an archive ends with. */
export const tarEnd = new Uint8Array(2 * blockBytes);

const text = (header: Uint8Array, at: number, length: number): string =>
  decodeBytes(header.subarray(at, at + length)).replace(/\0.*$/s, '');

const octal = (header: Uint8Array, at: number, length: number): number =>
  Number.parseInt(text(header, at, length).trim() || '0', 8);

const sizeOf = (header: Uint8Array): number => {
  if (((header[124] ?? 0) & 0x80) === 0) return octal(header, 124, 12);
  return Number(new DataView(header.buffer, header.byteOffset).getBigUint64(128));
};

const nameOf = (header: Uint8Array): string => {
  const prefix = text(header, 257, 5) === 'ustar' && text(header, 263, 2) === '00' ? text(header, 345, 155) : '';
  return prefix === '' ? text(header, 0, 100) : `${prefix}/${text(header, 0, 100)}`;
};

/** The sum of all bytes, those of the sum itself counted as blanks. */
const checksumOf = (header: Uint8Array): number =>
  header.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 0x20 : byte), 0);
