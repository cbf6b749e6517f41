import { stat } from 'node:fs/promises';
import { decodeBytes } from '../../formats/bytes.ts';
import {
  type BlockDevice,
  flattenDevice,
  lsblkColumns,
  lsblkKernelColumns,
  parseLsblk,
  sharedDevices,
} from '../../formats/lsblk.ts';
import { isRescueError } from '../../model/errors.ts';
import { run } from '../process/commands.ts';
import { unless } from '../process/system-error.ts';
import { readMounts } from './mount-table.ts';
import { deviceOf, formatDevice, runningDevices } from './running-system.ts';
import { createUdev } from './udev.ts';

/** A disk of the machine with all that the kernel sees on it, and what the running system does with it. */
export interface MachineDisk {
  readonly device: BlockDevice;
  readonly isRunningSystem: boolean;
  /** Devices (major:minor) that stand on other disks as well, and so are disks of their own in this list. */
  readonly shared: ReadonlySet<string>;
  /** The disks below it, where it is such a device. */
  readonly standsOn?: readonly string[];
  /** Where a device of this disk is mounted. */
  readonly mountPointsOf: (device: BlockDevice) => readonly string[];
}

/** The machine's disks, as the kernel shows them at this moment; nothing is read from the disks. @throws RescueError tool-missing */
export const listDisks = async (): Promise<readonly MachineDisk[]> => {
  const [listed, mounts] = await Promise.all([listSettled(), readMounts()]);
  const running = await runningDevices(mounts);
  const mountPoints = new Map<string, string[]>();
  for (const mount of mounts) {
    const device = await deviceOf(mount);
    if (device !== undefined) mountPoints.set(device, [...(mountPoints.get(device) ?? []), mount.mountPoint]);
  }
  const mountPointsOf = (each: BlockDevice) => mountPoints.get(each.device) ?? [];
  const isRunning = (device: BlockDevice) =>
    flattenDevice(device).some((each) => running.has(each.device) || each.isSwappedOn);
  return separate(
    listed
      .filter(({ sizeBytes }) => sizeBytes > 0)
      .map((device) => ({ device, isRunningSystem: isRunning(device), mountPointsOf })),
  );
};

/**
 * What stands on several disks (an assembled RAID) is listed under each of them by lsblk, and is one disk here, before
 * those that it stands on: whoever looks for it finds it there.
 */
const separate = (disks: readonly Omit<MachineDisk, 'shared'>[]): readonly MachineDisk[] => {
  const found = sharedDevices(disks.map(({ device }) => device));
  const shared = new Set(found.map(({ device }) => device.device));
  const own = found.flatMap(({ device, standsOn }): MachineDisk[] => {
    const below = disks.filter((disk) => standsOn.includes(disk.device.path));
    const [first] = below;
    const isRunningSystem = below.some((disk) => disk.isRunningSystem);
    return first ? [{ device, standsOn, isRunningSystem, mountPointsOf: first.mountPointsOf, shared }] : [];
  });
  return [...own, ...disks.map((disk) => ({ ...disk, shared }))];
};

/** The one of this machine, which is the same for all who look. */
const udev = createUdev();

/**
 * A disk that was just plugged in has no serial number until udev has dealt with it: it would be called by another name
 * a moment later, and be taken for another disk.
 */
const listSettled = async (): Promise<readonly BlockDevice[]> => {
  const listed = await listBlockDevices();
  const disks = listed.filter((device) => device.sizeBytes > 0 && isDisk({ device }));
  return (await udev.settle(disks.map(({ device }) => device))) ? await listBlockDevices() : listed;
};

/** Where udev does not run, lsblk asks the disks themselves what is on them: a dying one may not answer, and is listed then without. */
const listBlockDevices = async (): Promise<readonly BlockDevice[]> => {
  const list = async (columns: string, timeoutMs: number) => {
    const { stdout } = await run('lsblk', ['--json', '--bytes', '--output', columns], { timeoutMs });
    return parseLsblk(decodeBytes(stdout));
  };
  return list(lsblkColumns, 20_000).catch((error) => {
    if (isRescueError(error) && error.code === 'tool-timeout') return list(lsblkKernelColumns, 20_000);
    throw error;
  });
};

/** Whether a system can be installed on it. Loop devices, compressed memory and read-only media are the machine's own affairs. */
export const isDisk = ({ device: { type, name } }: Pick<MachineDisk, 'device'>): boolean =>
  type !== 'loop' && type !== 'rom' && !name.startsWith('zram');

/** The disk that a device node (by any of its names) is, or is on, and the device itself; undefined where it is gone. */
export const findDevice = async (disks: readonly MachineDisk[], path: string) => {
  const status = await stat(path).catch(unless('ENOENT', 'ENXIO', 'ENODEV'));
  if (status === undefined) return undefined;
  const number = formatDevice(status.rdev);
  for (const disk of disks) {
    const device = flattenDevice(disk.device).find((each) => each.device === number);
    if (device !== undefined) return { disk, device };
  }
  return undefined;
};
