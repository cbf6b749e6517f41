import { access, constants, open, readFile, stat } from 'node:fs/promises';
import { type FileLock, parseLockedInodes } from '../../formats/locks.ts';
import { isRescueError, RescueError } from '../../model/errors.ts';
import type { Volume } from '../../model/storage.ts';
import { findDevice, listDisks } from '../disks/devices.ts';
import { isInRange, listLoops } from '../disks/loops.ts';
import { isRunningRoot } from '../disks/running-system.ts';
import { patiently } from '../process/patience.ts';
import { isSystemError } from '../process/system-error.ts';

/** A volume, or what is a part of one. */
type Leasable = Pick<Volume, 'kind' | 'path' | 'selector' | 'raidMember' | 'offsetBytes' | 'sizeBytes'>;

/**
 * Looks once more, at the last moment, whether a volume may be written: the survey may be minutes old.
 * @param isLockedByUs whether the lock that all our runs share is ours (volume-lock.ts)
 * @throws RescueError running-system, volume-in-use, read-only-device, raid-member
 */
export const assertLeasable = async (volume: Leasable, isLockedByUs = false): Promise<void> => {
  const { kind, path, selector, raidMember } = volume;
  if (raidMember !== undefined) throw new RescueError('raid-member', { selector, type: raidMember });
  if (kind === 'folder') {
    if (await isRunningRoot(path)) throw new RescueError('running-system', { path });
    await access(path, constants.W_OK).catch((cause) => {
      throw new RescueError('read-only-device', { selector }, { cause });
    });
    return;
  }
  if (kind === 'device') await assertDeviceFree(volume);
  await assertWritable(volume);
  if (kind === 'image') await assertUnlocked(volume, isLockedByUs);
  await assertNoLoop(volume);
};

const assertDeviceFree = async ({ path, selector }: Leasable): Promise<void> => {
  const found = await findDevice(await listDisks(), path);
  if (found === undefined) throw new RescueError('source-missing', { path });
  const { disk, device } = found;
  if (disk.isRunningSystem) throw new RescueError('running-system', { path });
  const mountPoints = disk.mountPointsOf(device);
  if (mountPoints.length > 0 || device.isSwappedOn) throw new RescueError('volume-in-use', { selector, mountPoints });
  if (device.isReadOnly) throw new RescueError('read-only-device', { selector });
};

/** O_EXCL on a block device fails while anybody, in whatever namespace, has it mounted or stacked something on it (open(2)). */
const assertWritable = async ({ kind, path, selector }: Leasable): Promise<void> => {
  try {
    await using _handle = await open(path, constants.O_RDWR | (kind === 'device' ? constants.O_EXCL : 0));
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    if (cause.code === 'EBUSY' || cause.code === 'ETXTBSY') {
      throw new RescueError('volume-in-use', { selector, mountPoints: [] }, { cause });
    }
    if (cause.code === 'ENOENT') throw new RescueError('source-missing', { path }, { cause });
    throw new RescueError('read-only-device', { selector }, { cause });
  }
};

/** Virtual machines and the like lock the images that they run on. While a flock(2) lock is ours there is no other. */
const assertUnlocked = async ({ path, selector }: Leasable, isLockedByUs: boolean): Promise<void> => {
  const [locks, { ino }] = await Promise.all([readFile('/proc/locks'), stat(path)]);
  const isForeign = ({ kind }: FileLock) => !(isLockedByUs && kind === 'FLOCK');
  if (parseLockedInodes(locks, isForeign).has(ino))
    throw new RescueError('volume-in-use', { selector, mountPoints: [] });
};

/** A look of another run takes a second or two. */
const loopPatienceMs = 5000;

/** A loop device over the same bytes is somebody else's mount; or a look's, of ours or of another run, and then about to go. */
const assertNoLoop = (volume: Leasable): Promise<void> =>
  patiently(
    async () => {
      const loops = (await listLoops(volume.path)).filter((loop) => isInRange(loop, volume));
      if (loops.length > 0) throw new RescueError('volume-in-use', { selector: volume.selector, mountPoints: [] });
    },
    isRescueError,
    loopPatienceMs,
  );
