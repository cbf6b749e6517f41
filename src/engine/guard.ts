import { RescueError } from '../model/errors.ts';
import type { Volume } from '../model/storage.ts';
import type { Scan } from './scan-result.ts';

/**
 * Refuses volumes that must not be written to, before anyone is asked for anything.
 * @throws RescueError running-system, volume-in-use, raid-member, volume-cut, hibernated, needs-fsck, read-only-device
 */
export const assertWritable = ({ disks }: Pick<Scan, 'disks'>, volume: Volume): void => {
  const { selector, path, filesystem, raidMember } = volume;
  const disk = disks.find(({ id, volumes }) => id === volume.diskId && volumes.includes(volume));
  if (disk?.isRunningSystem) throw new RescueError('running-system', { path });
  if (volume.isInUse) throw new RescueError('volume-in-use', { selector, mountPoints: volume.mountPoints });
  if (raidMember !== undefined) throw new RescueError('raid-member', { selector, type: raidMember });
  if (volume.missingBytes !== undefined)
    throw new RescueError('volume-cut', { selector, missingBytes: volume.missingBytes });
  if (volume.isReadOnly) throw new RescueError('read-only-device', { selector });
  // A sleeping system may keep its swap on another disk, and would write its stale memory over our change when it wakes.
  const sleeping = disks.filter((each) => !each.isRunningSystem).flatMap((each) => each.volumes);
  const swap = sleeping.find(({ isHibernated }) => isHibernated);
  if (swap) {
    const file = swap.sleepsIn;
    throw new RescueError('hibernated', { selector, swap: swap.selector, ...(file !== undefined && { file }) });
  }
  if (filesystem?.state === 'errors')
    throw new RescueError('needs-fsck', { selector, command: repairCommand(volume, filesystem.type) });
};

/** fsck takes a device or a whole file; a partition inside an image needs a loop device around it. */
const repairCommand = ({ kind, path, number, offsetBytes, sizeBytes }: Volume, type: string): string => {
  if (kind !== 'image' || number === undefined) return `fsck.${type} -f ${path}`;
  const attach = `losetup --find --show --offset ${offsetBytes} --sizelimit ${sizeBytes} ${path}`;
  return `d=$(${attach}) && fsck.${type} -f $d; losetup --detach $d`;
};
