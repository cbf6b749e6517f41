import { randomBytes } from 'node:crypto';
import { access, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { decodeBytes } from '../../formats/bytes.ts';
import { isRescueError } from '../../model/errors.ts';
import type { Volume } from '../../model/storage.ts';
import type { MountedVolume, Mounts } from '../mounts/mounts.ts';
import { run } from '../process/commands.ts';

/** Where the kernel is asked for device-mapper (Linux, Documentation/admin-guide/device-mapper). */
const control = '/dev/mapper/control';
/** Memory, on every Linux. */
const memoryFolder = '/dev/shm';
/** A journal has 1 GiB at most by itself (mke2fs(8), -J), and replaying writes no more than it holds. */
const mostBytes = 2 ** 30 * 1.25;
const leastBytes = 16 * 2 ** 20;
const sectorBytes = 512;
/** The piece that is copied when anything in it is written, in sectors: a block of most file systems. */
const chunkSectors = 8;

/**
 * The newest state of a volume: a throw-away snapshot over it, of which all that is written goes to memory, and in which
 * the kernel replays the journal. Nothing of it is left when it is closed, or when we are gone.
 * @returns undefined where the kernel has no snapshots, or there is too little memory
 * @throws RescueError what losetup, dmsetup and mount have to say
 */
export const openOverlay = async (mounts: Mounts, volume: Volume): Promise<MountedVolume | undefined> => {
  const roomBytes = Math.min(mostBytes, Math.floor((await availableBytes()) / 2 ** 21) * 2 ** 20);
  if (roomBytes < leastBytes || !(await hasSnapshots())) return undefined;
  const name = `sparekey-${randomBytes(6).toString('hex')}`;
  const attached: string[] = [];
  const attach = async (args: readonly string[]): Promise<string> => {
    const { stdout } = await run('losetup', ['--find', '--show', ...args]);
    const device = decodeBytes(stdout).trim();
    attached.push(device);
    return device;
  };
  let isCreated = false;
  try {
    const { path, offsetBytes, sizeBytes } = volume;
    const range = offsetBytes > 0 ? ['--offset', String(offsetBytes), '--sizelimit', String(sizeBytes)] : [];
    const origin = await attach(['--read-only', ...range, path]);
    const room = await withRoom(roomBytes, (file) => attach([file]));
    const table = `0 ${Math.floor(sizeBytes / sectorBytes)} snapshot ${origin} ${room} N ${chunkSectors}`;
    // Other programs need not know of it, and we do not wait for the names that udev would give it: the kernel's own is there.
    await run('dmsetup', ['create', '--noudevrules', '--noudevsync', name, '--table', table]);
    isCreated = true;
    const { stdout } = await run('dmsetup', ['info', '--columns', '--noheadings', '--options', 'blkdevname', name]);
    const mounted = await mounts.lookThrough(volume, `/dev/${decodeBytes(stdout).trim()}`);
    if (await isInvalid(name)) {
      await mounted[Symbol.asyncDispose]();
      return undefined;
    }
    return mounted;
  } finally {
    // From here on each goes when nobody holds it any more: the mount, then the snapshot, then the loop devices.
    if (isCreated) await run('dmsetup', ['remove', '--deferred', '--noudevrules', '--noudevsync', name]);
    for (const device of attached) await run('losetup', ['--detach', device]);
  }
};

const hasSnapshots = async (): Promise<boolean> => {
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

const availableBytes = async (): Promise<number> => {
  const memory = await readFile('/proc/meminfo', 'utf8');
  return Number(/^MemAvailable: +(\d+) kB$/m.exec(memory)?.[1] ?? 0) * 1024;
};

/** A file in memory, without a name as soon as it is attached. */
const withRoom = async <T>(bytes: number, action: (path: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(`${memoryFolder}/sparekey-`);
  try {
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

/** A snapshot whose memory is full shows nothing any more (device-mapper/snapshot.rst). */
const isInvalid = async (name: string): Promise<boolean> =>
  /\b(Invalid|Overflow)\b/.test(decodeBytes((await run('dmsetup', ['status', name])).stdout));
