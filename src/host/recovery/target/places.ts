import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isRescueError, RescueError } from '../../../model/errors.ts';
import { mapLimited } from '../../../model/map-limited.ts';
import type { OpenedTargetVolume, TargetVolume } from '../../../model/recovery.ts';
import type { DeviceId, Disk, Volume } from '../../../model/storage.ts';
import { findOurDisks } from '../../medium/identity.ts';
import { driverFor } from '../../mounts/filesystems.ts';
import { kernelHasDriver } from '../../mounts/kernel-drivers.ts';
import type { Mounts } from '../../mounts/mounts.ts';
import { once } from '../../process/shared.ts';
import { isSystemError, unless } from '../../process/system-error.ts';
import { assertLeasable } from '../../storage/lease-checks.ts';
import { flush } from './flush.ts';
import { isPutAway, isWindowsAsleep } from './put-away.ts';
import { freeBytesIn, unusable } from './target.ts';

/** Each takes a loop device, of which some kernels have eight. */
const looksAtOnce = 3;

/** The second partition of our own medium, which is there for this. */
const ownPartition = 2;

/** Recovery.listPlaces. Nothing is opened for writing: other programs would take notice of the disk (udev(7), `watch`). */
export const listPlaces = async (
  mounts: Mounts,
  identityPath: string,
  disks: readonly Disk[],
  source: Volume,
): Promise<readonly TargetVolume[]> => {
  const others = disks.filter((disk) => !isSameHardware(disk, source.diskId, disks) && !disk.isRunningSystem);
  const ours = await findOurDisks(others, identityPath);
  // With a second medium of ours there is no telling which one this machine was started from.
  const own = ours.length === 1 ? ours[0] : undefined;
  // A sleeping system keeps what it knew of its volumes, and would write that when it wakes.
  const isAsleep = disks.some((disk) => !disk.isRunningSystem && disk.volumes.some((volume) => volume.isHibernated));
  const inOrder = own === undefined ? others : [own, ...others.filter((each) => each !== own)];
  const candidates = inOrder
    .filter((disk) => disk === own || !isAsleep)
    .flatMap((disk) =>
      disk.volumes
        .filter(({ number }) => number === ownPartition || !ours.includes(disk))
        .map((volume) => ({ volume, isOwnMedium: disk === own })),
    );
  const found = await mapLimited(
    candidates,
    looksAtOnce,
    async ({ volume, isOwnMedium }): Promise<readonly TargetVolume[]> => {
      if (!(await isPossible(volume, isOwnMedium))) return [];
      const freeBytes = await freeBytesOf(mounts, volume);
      return freeBytes === 'refused' ? [] : [{ volume, isOwnMedium, freeBytes }];
    },
  );
  return found.flat();
};

/** Whether two disks are the same, or one is made of the other, or both of a third: what fails, fails for both. */
const isSameHardware = (disk: Disk, sourceId: DeviceId, disks: readonly Disk[]): boolean => {
  const source = disks.find(({ id }) => id === sourceId);
  const below = new Set(source === undefined ? [] : [source.path, ...(source.standsOn ?? [])]);
  return disk.id === sourceId || [disk.path, ...(disk.standsOn ?? [])].some((path) => below.has(path));
};

const isPossible = async (volume: Volume, isOwnMedium: boolean): Promise<boolean> => {
  const { kind, filesystem, isInUse, isReadOnly, isHibernated, raidMember } = volume;
  const driver = driverFor(filesystem?.type);
  if (raidMember !== undefined) return false;
  if (kind === 'folder' || isInUse || isReadOnly || isHibernated || driver?.leaseOptions === undefined) return false;
  if (filesystem?.state === 'errors' || !(await kernelHasDriver(driver.name))) return false;
  // A stick of ours that was pulled out while it was written to is used all the same: nothing else is on it.
  return isOwnMedium || (await isPutAway(volume));
};

/** As seen by a look that writes nothing; undefined where too much else is mounted for one. */
const freeBytesOf = async (mounts: Mounts, volume: Volume): Promise<number | undefined | 'refused'> => {
  try {
    await using mounted = await mounts.look(volume);
    if (await isWindowsAsleep(volume, mounted.root)) return 'refused';
    return await freeBytesIn(mounted.root);
  } catch (error) {
    if (isSystemError(error)) return 'refused'; // a dying disk
    if (!isRescueError(error) || error.code === 'need-root') throw error;
    return error.code === 'no-loop-device' ? undefined : 'refused';
  }
};

/** Recovery.openPlace: all that is asked before a volume is written to is asked again. */
export const openPlace = async (mounts: Mounts, { volume, isOwnMedium }: TargetVolume): Promise<OpenedTargetVolume> => {
  await assertLeasable(volume);
  const { selector } = volume;
  const isAsleep = async () => volume.filesystem?.type === 'ntfs' && (await freeBytesOf(mounts, volume)) === 'refused';
  if (!(await isPossible(volume, isOwnMedium)) || (await isAsleep()))
    throw new RescueError('target-unusable', { path: selector, reason: 'unclean' });
  const mounted = await mounts.lease(volume);
  try {
    // The mount's own name goes through another process; held open, the folder is reached directly.
    const handle = await open(mounted.root, constants.O_RDONLY | constants.O_DIRECTORY);
    const folder = `/proc/self/fd/${handle.fd}`;
    const close = once(async () => {
      const failure = await flush(folder).then(
        () => undefined,
        (cause) => new RescueError('target-unusable', { path: selector, reason: 'EIO' }, { cause }),
      );
      await handle.close();
      await mounted[Symbol.asyncDispose]();
      if (failure) throw failure;
    });
    return { folder, freeBytes: await freeBytesIn(folder), [Symbol.asyncDispose]: close };
  } catch (error) {
    await mounted[Symbol.asyncDispose]();
    throw unusable(selector, error);
  }
};

/** Recovery.freeBytesAt. */
export const freeBytesAt = async (folder: string): Promise<number> => {
  try {
    const nearest = (await stat(folder).catch(unless('ENOENT'))) === undefined ? dirname(folder) : folder;
    // What is no folder is refused here, not when the copy starts.
    return await freeBytesIn(`${nearest}/.`);
  } catch (error) {
    throw unusable(folder, error);
  }
};
