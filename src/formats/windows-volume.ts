/** Whether a FAT, exFAT or NTFS volume says of itself that it was put away properly. */
export type PutAway = 'yes' | 'no' | 'unknown';

/** Enough of a volume for what stands here: its first sector, whatever the size of sectors. */
export const bootSectorBytes = 512;

/**
 * From the first sector of a FAT or exFAT volume: flags that drivers set while they write, and clear at the end.
 * (Microsoft, FAT: General Overview, BS_Reserved1, as Windows and Linux use it; exFAT specification, VolumeFlags)
 */
export const parsePutAway = (sector: Uint8Array): PutAway => {
  if (sector.length < bootSectorBytes) return 'unknown';
  const view = viewOf(sector);
  if (view.getUint16(510, true) !== 0xaa55) return 'unknown';
  // Bit 1: dirty; bit 2: the medium has failed.
  if (nameIn(sector) === 'EXFAT   ') return (view.getUint16(106, true) & 0b110) === 0 ? 'yes' : 'no';
  const isFat32 = view.getUint16(22, true) === 0;
  return (view.getUint8(isFat32 ? 0x41 : 0x25) & 0b11) === 0 ? 'yes' : 'no';
};

/** Where an NTFS volume keeps the record of its $Volume file. */
export interface NtfsPlace {
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** From the first sector of an NTFS volume; undefined where it is none. $Volume is the fourth record of the table. */
export const locateNtfsVolumeRecord = (sector: Uint8Array): NtfsPlace | undefined => {
  if (sector.length < bootSectorBytes || nameIn(sector) !== 'NTFS    ') return undefined;
  const view = viewOf(sector);
  const clusterBytes = view.getUint16(11, true) * powerOrCount(view.getInt8(13));
  const recordClusters = view.getInt8(0x40);
  const sizeBytes = recordClusters < 0 ? 2 ** -recordClusters : recordClusters * clusterBytes;
  const tableAt = Number(view.getBigUint64(0x30, true)) * clusterBytes;
  const isSane = sizeBytes >= 256 && sizeBytes <= 65536 && Number.isSafeInteger(tableAt) && tableAt > 0;
  return isSane ? { offsetBytes: tableAt + 3 * sizeBytes, sizeBytes } : undefined;
};

const volumeInformation = 0x70;
const isDirty = 0x0001;

/** From the record of $Volume: its attribute $VOLUME_INFORMATION has the flags (linux-ntfs documentation, $Volume). */
export const parseNtfsPutAway = (record: Uint8Array): PutAway => {
  const view = viewOf(record);
  if (record.length < 256 || view.getUint32(0, true) !== 0x454c4946) return 'unknown';
  for (let at = view.getUint16(0x14, true); at + 24 <= record.length; ) {
    const [type, length] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
    const contentAt = at + view.getUint16(at + 0x14, true);
    if (type === volumeInformation && contentAt + 12 <= record.length)
      return (view.getUint16(contentAt + 10, true) & isDirty) === 0 ? 'yes' : 'no';
    if (length < 24) return 'unknown'; // the end of the list, or nonsense
    at += length;
  }
  return 'unknown';
};

/** Larger clusters than 128 sectors are given as a power of two, negated. */
const powerOrCount = (value: number): number => (value < 0 ? 2 ** -value : value);

const nameIn = (sector: Uint8Array): string => Buffer.from(sector.subarray(3, 11)).toString('latin1');

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
