import type { ByteRange } from '../model/recovery.ts';

const blockBytes = 512;

/**
 * The data map of a sparse file, from the beginning of an archive that GNU tar made of it alone (GNU tar manual,
 * "Storing Sparse Files", PAX format version 1.0): decimal numbers, a line each, in front of the content.
 *
 * Tar ends its map with an empty piece at the end of the file, but only where lseek(2) said that no data follows. Where
 * looking for data failed (EUCLEAN, EIO), tar says nothing, ends with 0, and leaves that piece out: such a map is none.
 * @returns undefined where the archive holds no map of the whole file
 */
export const parseSparseMap = (archive: Uint8Array, sizeBytes: number): readonly ByteRange[] | undefined => {
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
  return isSparse ? parseNumbers(bytes.subarray(at + blockBytes), sizeBytes) : undefined;
};

const parseNumbers = (bytes: Buffer, sizeBytes: number): readonly ByteRange[] | undefined => {
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
  let [startBytes, endBytes] = [0, 0];
  for (let index = 0; index < count; index++) {
    startBytes = next();
    const pieceBytes = next();
    const isInOrder = startBytes >= endBytes && pieceBytes >= 0 && startBytes + pieceBytes <= sizeBytes;
    if (!isInOrder) return undefined;
    endBytes = startBytes + pieceBytes;
    if (pieceBytes > 0) ranges.push({ startBytes, endBytes });
  }
  return startBytes === sizeBytes ? ranges : undefined;
};
