import { crc32 } from 'node:zlib';
import type { Partition } from './partx.ts';

/** A GPT header that is whole (UEFI 2.10, 5.3.2). */
export interface GptHeader {
  /** Where the array of entries begins, in sectors. */
  readonly entriesAt: number;
  readonly entryCount: number;
  readonly entryBytes: number;
  readonly entriesChecksum: number;
  /** Where its other copy stands, in sectors. */
  readonly otherCopyAt: number;
}

/** Sector sizes that disks show; the table is written in the one that they showed then. */
export const sectorSizes = [512, 4096] as const;

const signature = 'EFI PART';
const headerBytes = 92;
/** More than any real table has; each may be so large at most. */
const mostEntries = 1024;
const mostEntryBytes = 4096;

/** Whether a header begins here, whole or not. */
export const isGptHeader = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, 8)).toString('latin1') === signature;

/** Parses the sector of a header; undefined where it is none, or its checksum does not fit. */
export const parseGptHeader = (bytes: Uint8Array): GptHeader | undefined => {
  if (bytes.length < headerBytes || !isGptHeader(bytes)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sizeBytes = view.getUint32(12, true);
  if (sizeBytes < headerBytes || sizeBytes > bytes.length) return undefined;
  const checked = Buffer.from(bytes.subarray(0, sizeBytes));
  checked.writeUInt32LE(0, 16);
  if (crc32(checked) !== view.getUint32(16, true)) return undefined;
  const entryCount = view.getUint32(80, true);
  const entryBytes = view.getUint32(84, true);
  if (entryCount > mostEntries || entryBytes < 128 || entryBytes > mostEntryBytes) return undefined;
  const entriesAt = Number(view.getBigUint64(72, true));
  const otherCopyAt = Number(view.getBigUint64(32, true));
  return { entriesAt, entryCount, entryBytes, entriesChecksum: view.getUint32(88, true), otherCopyAt };
};

/** Parses the array of entries; undefined where its checksum does not fit. What ends before it begins is left out. */
export const parseGptEntries = (
  bytes: Uint8Array,
  { entryCount, entryBytes, entriesChecksum }: GptHeader,
  sectorBytes: number,
): readonly Partition[] | undefined => {
  const length = entryCount * entryBytes;
  if (bytes.length < length || crc32(bytes.subarray(0, length)) !== entriesChecksum) return undefined;
  return Array.from({ length: entryCount }, (_, index) => index).flatMap((index) => {
    const entry = Buffer.from(bytes.subarray(index * entryBytes, (index + 1) * entryBytes));
    const first = Number(entry.readBigUInt64LE(32));
    const last = Number(entry.readBigUInt64LE(40));
    const isUsed = entry.subarray(0, 16).some((byte) => byte !== 0);
    if (!isUsed || first === 0 || last < first || !Number.isSafeInteger(last * sectorBytes)) return [];
    const label = entry.toString('utf16le', 56, 128).replace(/\0[\s\S]*$/, '');
    return [
      {
        number: index + 1,
        offsetBytes: first * sectorBytes,
        sizeBytes: (last - first + 1) * sectorBytes,
        ...(label && { label }),
        uuid: formatGuid(entry.subarray(16, 32)),
      },
    ];
  });
};

/** The first three groups are numbers, little-endian; the rest are bytes (UEFI 2.10, appendix A). */
const formatGuid = (bytes: Buffer): string => {
  const number = (start: number, end: number) => Buffer.from(bytes.subarray(start, end)).reverse().toString('hex');
  const tail = bytes.toString('hex', 8);
  return [number(0, 4), number(4, 6), number(6, 8), tail.slice(0, 4), tail.slice(4)].join('-');
};
