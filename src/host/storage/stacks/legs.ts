import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { decodeBytes } from '../../../formats/bytes.ts';
import { outputOfFailure, run } from '../../process/commands.ts';
import { patiently } from '../../process/patience.ts';
import { createLayer, hasSnapshots, mappedDevice, withoutUdev, withRoom } from '../snapshots.ts';
import type { Piece } from './piece.ts';
import { quoted, type Warden } from './warden.ts';

/** For looking nothing may reach the disk; for writing the kernel takes it as it is. */
export type Mode = 'look' | 'write';

/** Superblocks, bitmaps, a thin pool's commits: a few blocks each. */
const roomBytes = 64 * 2 ** 20;
/** 128 KiB: large enough that reading is not cut into small pieces (device-mapper/snapshot.rst). */
const chunkSectors = 256;

/**
 * The device by which a piece is put into something. For looking, a loop device that passes no write on: the kernel itself
 * would write through a device that is merely marked as read-only (an array's bitmap is updated by `--readonly` too; Linux,
 * block/blk-core.c, bio_check_ro). What such writes would fail on has a layer in memory above it, which takes them.
 * @throws RescueError tool-missing, tool-failed
 */
export const attach = async (warden: Warden, piece: Piece, mode: Mode): Promise<string> => {
  const { path, offsetBytes, sizeBytes, isDevice, isRoot } = piece;
  const isWhole = isDevice && offsetBytes === 0;
  if (isWhole && (mode === 'write' || !isRoot)) return path;
  const range = offsetBytes > 0 ? ['--offset', `${offsetBytes}`, '--sizelimit', `${sizeBytes}`] : [];
  const loop = await attachLoop(warden, path, [...range, ...(mode === 'look' ? ['--read-only'] : [])]);
  if (mode === 'write' || !isRoot || piece.type === 'crypto_LUKS' || !(await hasSnapshots())) return loop;
  return await layOver(warden, loop, sizeBytes);
};

const attachLoop = (warden: Warden, path: string, args: readonly string[]): Promise<string> =>
  patiently(
    async () => {
      const device = decodeBytes((await run('losetup', ['--find'])).stdout).trim();
      const backing = `/sys/block/${basename(device)}/loop/backing_file`;
      await warden.before(`case "$(cat ${backing})" in ${quoted(path)}*) losetup --detach ${device} ;; esac`);
      await run('losetup', [...args, device, path]);
      return device;
    },
    // Somebody else was quicker to take the same loop device.
    (error) => outputOfFailure(error)?.includes('busy') ?? false,
  );

const layOver = async (warden: Warden, origin: string, sizeBytes: number): Promise<string> => {
  const attachRoom = (file: string) => attachLoop(warden, file, []);
  const room = await withRoom(roomBytes, attachRoom, (folder) => warden.before(`rm -rf ${quoted(folder)}`));
  const name = `sparekey-${randomBytes(6).toString('hex')}`;
  await warden.before(undoMapping(name));
  await createLayer({ name, origin, room, sizeBytes, chunkSectors });
  return await mappedDevice(name);
};

const undoMapping = (name: string): string =>
  `dmsetup info ${name} || exit 0; dmsetup remove ${withoutUdev.join(' ')} ${name}`;
