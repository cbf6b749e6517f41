import { access, mkdtemp, open, rm } from 'node:fs/promises';
import { decodeBytes } from '../../formats/bytes.ts';
import { isRescueError } from '../../model/errors.ts';
import { run } from '../process/commands.ts';

/** Where the kernel is asked for device-mapper (Linux, Documentation/admin-guide/device-mapper). */
const control = '/dev/mapper/control';
/** Memory, on every Linux. */
const memoryFolder = '/dev/shm';
const sectorBytes = 512;

/** Other programs need not know of our mappings, and we do not wait for the names that udev would give them. */
export const withoutUdev = ['--noudevrules', '--noudevsync'];

/** Whether the kernel can lay a throw-away layer over a device, to which all that is written goes. */
export const hasSnapshots = async (): Promise<boolean> => {
  try {
    await run('modprobe', ['--quiet', 'dm-snapshot']).catch(unlessRescueError);
    await access(control);
    return /^snapshot /m.test(decodeBytes((await run('dmsetup', ['targets'])).stdout));
  } catch {
    return false;
  }
};

/** Built in, or no modprobe: the list of targets tells. */
const unlessRescueError = (error: unknown): void => {
  if (!isRescueError(error)) throw error;
};

/**
 * A file in memory, without a name as soon as `action` is done with it.
 * @param onPlace called with its folder before there is anything in it
 */
export const withRoom = async <T>(
  bytes: number,
  action: (path: string) => Promise<T>,
  onPlace: (folder: string) => Promise<void> = async () => {},
): Promise<T> => {
  const folder = await mkdtemp(`${memoryFolder}/sparekey-`);
  try {
    await onPlace(folder);
    const path = `${folder}/changes`;
    {
      await using file = await open(path, 'wx', 0o600);
      await file.truncate(bytes);
    }
    return await action(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** A device, and where what is written to it goes. */
export interface Layer {
  readonly name: string;
  readonly origin: string;
  readonly room: string;
  readonly sizeBytes: number;
  /** The piece that is copied when anything in it is written. */
  readonly chunkSectors: number;
}

/** Lays it over the device. @throws RescueError what dmsetup has to say */
export const createLayer = async ({ name, origin, room, sizeBytes, chunkSectors }: Layer): Promise<void> => {
  const table = `0 ${Math.floor(sizeBytes / sectorBytes)} snapshot ${origin} ${room} N ${chunkSectors}`;
  await run('dmsetup', ['create', ...withoutUdev, name, '--table', table]);
};

/** A mapping's device, by the kernel's own name, which is there without udev. */
export const mappedDevice = async (name: string): Promise<string> => {
  const { stdout } = await run('dmsetup', ['info', '--columns', '--noheadings', '--options', 'blkdevname', name]);
  return `/dev/${decodeBytes(stdout).trim()}`;
};
