import type { ByteRange } from '../model/recovery.ts';

const blockBytes = 512;

/**
 * The data map of a sparse file, from the beginning of an archive that GNU tar made of it alone (GNU tar manual,
 * "Storing Sparse Files", PAX format version 1.0): decimal numbers, a line each, in front of the content.
 * @returns undefined where the archive holds no such map, or is cut off inside it
 */
export const parseSparseMap = (archive: Uint8Array): readonly ByteRange[] | undefined => {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  let at = 0;
  let isSparse = false;
  // Extended headers (x, g) come first, then the file's own header.
  for (;;) {
    if (bytes.length < at + blockBytes) return undefined;
    const type = bytes.toString('latin1', at + 156, at + 157);
    const sizeBytes = Number.parseInt(bytes.toString('latin1', at + 124, at + 135), 8);
    if (type !== 'x' && type !== 'g') break;
    if (!(sizeBytes >= 0)) return undefined;
    isSparse ||= bytes.toString('latin1', at + blockBytes, at + blockBytes + sizeBytes).includes('GNU.sparse.major=1');
    at += blockBytes + Math.ceil(sizeBytes / blockBytes) * blockBytes;
  }
  return isSparse ? parseNumbers(bytes.subarray(at + blockBytes)) : undefined;
};

const parseNumbers = (bytes: Buffer): readonly ByteRange[] | undefined => {
  let at = 0;
  const next = (): number => {
    const end = bytes.indexOf(0x0a, at);
    const number = end < 0 ? Number.NaN : Number(bytes.toString('latin1', at, end));
    at = end + 1;
    return number;
  };
  const count = next();
  if (!Number.isSafeInteger(count) || count < 0 || count > bytes.length) return undefined;
  const ranges: ByteRange[] = [];
  for (let index = 0; index < count; index++) {
    const startBytes = next();
    const endBytes = startBytes + next();
    if (!Number.isSafeInteger(startBytes) || !Number.isSafeInteger(endBytes)) return undefined;
    if (endBytes > startBytes) ranges.push({ startBytes, endBytes });
  }
  return ranges;
};
