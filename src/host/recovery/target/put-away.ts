import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import {
  bootSectorBytes,
  locateNtfsVolumeRecord,
  type PutAway,
  parseNtfsPutAway,
  parsePutAway,
} from '../../../formats/windows-volume.ts';
import type { Volume } from '../../../model/storage.ts';
import { isSystemError } from '../../process/system-error.ts';

/**
 * Whether a volume of FAT, exFAT or NTFS was put away properly; what was not is to be checked before it is written to.
 * The others keep journals, and their own drivers know.
 */
export const isPutAway = async (volume: Volume): Promise<boolean> => {
  const type = volume.filesystem?.type ?? '';
  if (!/^(vfat|exfat|ntfs)$/.test(type)) return true;
  try {
    const sector = await readAt(volume, 0, bootSectorBytes);
    return (type === 'ntfs' ? await ntfsPutAway(volume, sector) : parsePutAway(sector)) === 'yes';
  } catch {
    return false; // a disk that cannot be read is not written to
  }
};

const ntfsPutAway = async (volume: Volume, sector: Uint8Array): Promise<PutAway> => {
  const place = locateNtfsVolumeRecord(sector);
  return place === undefined ? 'unknown' : parseNtfsPutAway(await readAt(volume, place.offsetBytes, place.sizeBytes));
};

const readAt = async ({ path, offsetBytes }: Volume, at: number, bytes: number): Promise<Uint8Array> => {
  await using handle = await open(path);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, offsetBytes + at);
  return buffer.subarray(0, bytesRead);
};

/** How a hibernation file begins that Windows would wake from, its fast start included (ntfs-3g, libntfs-3g/volume.c). */
const asleep = /^(hibr|rstr)/i;

/** Whether a Windows sleeps on a volume that is mounted at `root`. */
export const isWindowsAsleep = async ({ filesystem }: Volume, root: string): Promise<boolean> => {
  if (filesystem?.type !== 'ntfs') return false;
  try {
    const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
    await using file = await open(`${root}/hiberfil.sys`, flags);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return asleep.test(buffer.toString('latin1', 0, bytesRead));
  } catch (error) {
    return !isSystemError(error) || error.code !== 'ENOENT'; // there, but unreadable: nobody knows
  }
};
