import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { decodeBytes } from '../../formats/bytes.ts';
import type { Volume } from '../../model/storage.ts';
import type { MountedVolume, Mounts } from '../mounts/mounts.ts';
import { run } from '../process/commands.ts';
import { createLayer, hasSnapshots, mappedDevice, withoutUdev, withRoom } from '../storage/snapshots.ts';

/** A journal has 1 GiB at most by itself (mke2fs(8), -J), and replaying writes no more than it holds. */
const mostBytes = 2 ** 30 * 1.25;
const leastBytes = 16 * 2 ** 20;
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
    await createLayer({ name, origin, room, sizeBytes, chunkSectors });
    isCreated = true;
    const mounted = await mounts.lookThrough(volume, await mappedDevice(name));
    if (await isInvalid(name)) {
      await mounted[Symbol.asyncDispose]();
      return undefined;
    }
    return mounted;
  } finally {
    // From here on each goes when nobody holds it any more: the mount, then the snapshot, then the loop devices.
    if (isCreated) await run('dmsetup', ['remove', '--deferred', ...withoutUdev, name]);
    for (const device of attached) await run('losetup', ['--detach', device]);
  }
};

const availableBytes = async (): Promise<number> => {
  const memory = await readFile('/proc/meminfo', 'utf8');
  return Number(/^MemAvailable: +(\d+) kB$/m.exec(memory)?.[1] ?? 0) * 1024;
};

/** A snapshot whose memory is full shows nothing any more (device-mapper/snapshot.rst). */
const isInvalid = async (name: string): Promise<boolean> =>
  /\b(Invalid|Overflow)\b/.test(decodeBytes((await run('dmsetup', ['status', name])).stdout));
