import { decodeBytes } from '../formats/bytes.ts';
import { type BlockDevice, flattenDevice, lsblkColumns, parseLsblk } from '../formats/lsblk.ts';
import { run } from './commands.ts';
import { readMounts } from './mount-table.ts';
import { deviceOf, runningDevices } from './running-system.ts';

/** A disk of the machine with all that the kernel sees on it, and what the running system does with it. */
export interface MachineDisk {
  readonly device: BlockDevice;
  readonly isRunningSystem: boolean;
  /** Where a device of this disk is mounted. */
  readonly mountPointsOf: (device: BlockDevice) => readonly string[];
}

/** The machine's disks, as the kernel shows them at this moment; nothing is read from the disks. @throws RescueError tool-missing */
export const listDisks = async (): Promise<readonly MachineDisk[]> => {
  const [{ stdout }, mounts] = await Promise.all([
    run('lsblk', ['--json', '--bytes', '--output', lsblkColumns]),
    readMounts(),
  ]);
  const running = await runningDevices(mounts);
  const mountPoints = new Map<string, string[]>();
  for (const mount of mounts) {
    const device = await deviceOf(mount);
    if (device !== undefined) mountPoints.set(device, [...(mountPoints.get(device) ?? []), mount.mountPoint]);
  }
  return parseLsblk(decodeBytes(stdout))
    .filter(({ sizeBytes }) => sizeBytes > 0)
    .map((device) => ({
      device,
      isRunningSystem: flattenDevice(device).some((each) => running.has(each.device) || each.isSwappedOn),
      mountPointsOf: (each) => mountPoints.get(each.device) ?? [],
    }));
};

/** The disk that a device node is, or is on, and the device itself. */
export const findDevice = (disks: readonly MachineDisk[], path: string) => {
  for (const disk of disks) {
    const device = flattenDevice(disk.device).find((each) => each.path === path);
    if (device !== undefined) return { disk, device };
  }
  return undefined;
};
