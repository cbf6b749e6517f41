import { readFile } from 'node:fs/promises';
import { isRaidMember } from '../../formats/blkid.ts';
import { type BlockDevice, flattenDevice } from '../../formats/lsblk.ts';
import { mapLimited } from '../../model/map-limited.ts';
import type { Degraded, Filesystem } from '../../model/storage.ts';
import type { MachineDisk } from './devices.ts';
import type { FoundDisk, FoundVolume } from './identity.ts';
import { listPartitions } from './partitions.ts';
import { flawsOf, type Probe, probe } from './probe.ts';
import { withTail } from './squashfs-tail.ts';
import { createSteadyIdentity } from './steady-identity.ts';
import { namesOf, probesAtOnce, tableOf } from './survey-images.ts';

/** Of this machine, for all who look. */
const steadyIdentity = createSteadyIdentity();

/** A disk of the machine; with `only`, no more of it than that partition. */
export const surveyDisk = async (disk: MachineDisk, only = disk.device): Promise<FoundDisk> => {
  const { device, isRunningSystem, standsOn } = disk;
  const { path, sizeBytes, isRemovable, model, transport } = device;
  const whole = isRunningSystem ? undefined : await probeDevice(device);
  const hidden = whole && (await surveyHidden(disk, only, whole));
  const volumes =
    whole === undefined
      ? describeVolumes(disk, only)
      : (await mapLimited(await surveyVolumes(disk, only, whole, hidden), probesAtOnce, withTail)).flat();
  const degraded = await degradedOf(device);
  const tableType = whole?.found.tableType ?? device.tableType;
  const uuid = whole?.found.uuid ?? device.uuid;
  const wholeMember = only === device && whole && isUnassembled(disk) ? raidOf(disk, whole)?.type : undefined;
  return {
    identity: await steadyIdentity(
      device.name,
      device.wwn ?? device.serial ?? whole?.found.tableUuid ?? device.tableUuid ?? uuid ?? device.name,
    ),
    path,
    sizeBytes,
    isRemovable,
    isRunningSystem,
    volumes,
    ...(wholeMember && { wholeMember }),
    ...(degraded && { degraded }),
    ...(hidden?.hasOneCopy && { hasOneTableCopy: true as const }),
    ...(model && { model }),
    ...(standsOn && { standsOn, transport: device.type }),
    ...(transport && { transport }),
    ...(tableType && { table: tableOf(tableType) }),
  };
};

/**
 * What can be mounted on a device: its partitions, what is stacked on them, or the device itself. What stands on two of
 * its partitions is there once, and what stands on other disks too is with none of them.
 */
const volumeDevices = ({ shared }: MachineDisk, device: BlockDevice): readonly BlockDevice[] => {
  const own = (each: BlockDevice): readonly BlockDevice[] =>
    shared.has(each.device) ? [] : [each, ...each.children.flatMap(own)];
  const inner = new Map(device.children.flatMap(own).map((each) => [each.device, each]));
  return inner.size > 0 ? [...inner.values()] : [device];
};

/** From what the kernel and udev know: a disk that the running system stands on is not even read. */
const describeVolumes = (disk: MachineDisk, only: BlockDevice): readonly FoundVolume[] =>
  volumeDevices(disk, only).map((device) => {
    const { filesystemType: type, label, uuid } = device;
    const filesystem: Filesystem | undefined = type
      ? { type, ...(label && { label }), ...(uuid && { uuid }), state: 'unknown' }
      : undefined;
    return toVolume(disk, device, { filesystem, isHibernated: type === 'swsuspend' });
  });

const surveyVolumes = async (
  disk: MachineDisk,
  only: BlockDevice,
  whole: Probe,
  hidden: Hidden | undefined,
): Promise<readonly FoundVolume[]> => {
  if (hidden && hidden.volumes.length > 0) return hidden.volumes;
  if (isBareDisk(disk, only)) return [toVolume(disk, only, whole)];
  const raid = raidOf(disk, whole);
  return mapLimited(volumeDevices(disk, only), probesAtOnce, async (device) => {
    const probed = await probeDevice(device);
    const { partLabel, partUuid } = probed.found;
    const number = await partitionNumber(device);
    const volume = toVolume(disk, device, probed);
    return {
      ...volume,
      // As namesOf has it for an image, so that a disk and its image have the same ids.
      identity: partUuid ?? device.partUuid ?? (number ? String(number) : volume.selector),
      ...(number && { number }),
      ...(partLabel && { partLabel }),
      ...(partUuid && { partUuid }),
      ...(raid?.legs.has(device) && { raidMember: raid.type }),
    };
  });
};

/**
 * What belongs to a RAID because the disk as a whole does: its metadata is at the disk's end, so that the kernel shows a
 * table at its start, and partitions, which are those of the RAID. What stands on the assembled RAID is not among them.
 */
const raidOf = ({ device }: MachineDisk, whole: Probe) => {
  const type = whole.found.type ?? device.filesystemType;
  if (type === undefined || !isRaidMember(type)) return undefined;
  const partitions = device.children.filter((child) => child.type === 'part');
  return { type, legs: new Set(partitions.flatMap(flattenDevice)) };
};

/** Whether nothing but its partitions stands on it, and nobody uses those. */
const isUnassembled = (disk: MachineDisk): boolean =>
  flattenDevice(disk.device).every(
    (each) =>
      (each === disk.device || each.type === 'part') && !each.isSwappedOn && disk.mountPointsOf(each).length === 0,
  );

const isBareDisk = ({ device }: MachineDisk, only: BlockDevice): boolean =>
  only === device && only.children.length === 0;

interface Hidden {
  readonly volumes: readonly FoundVolume[];
  readonly hasOneCopy: boolean;
}

/**
 * Partitions that the kernel does not show: on a device that was set up without scanning for them, or of a table that it does
 * not take, because the disk is smaller than the one it was made for, or has sectors of another size.
 */
const surveyHidden = async (disk: MachineDisk, device: BlockDevice, whole: Probe): Promise<Hidden | undefined> => {
  if (!isBareDisk(disk, device) || whole.found.tableType === undefined) return undefined;
  const { path, name } = device;
  const { partitions, hasOneCopy } = await listPartitions(path, device.sizeBytes);
  const volumes = await mapLimited(partitions, probesAtOnce, async (partition) => {
    const { offsetBytes, sizeBytes, number } = partition;
    const selector = /\d$/.test(name) ? `${name}p${number}` : `${name}${number}`; // as the kernel would call it
    const probed = await probe({ path, offsetBytes, sizeBytes });
    const volume = toVolume(disk, device, probed, partition.missingBytes);
    return { ...volume, ...namesOf(partition), selector, offsetBytes, sizeBytes };
  });
  return { volumes, hasOneCopy };
};

/** A RAID that somebody else has assembled, and of which disks are missing (Linux, Documentation/admin-guide/md.rst). */
const degradedOf = async ({ name, type }: BlockDevice): Promise<Degraded | undefined> => {
  if (!type.startsWith('raid')) return undefined;
  const read = async (file: string) => Number(await readFile(`/sys/block/${name}/md/${file}`, 'utf8').catch(() => 0));
  const [missing, devices] = await Promise.all([read('degraded'), read('raid_disks')]);
  return missing > 0 ? { present: devices - missing, devices } : undefined;
};

const probeDevice = ({ path, sizeBytes }: BlockDevice): Promise<Probe> => probe({ path, offsetBytes: 0, sizeBytes });

const toVolume = (
  disk: MachineDisk,
  device: BlockDevice,
  probed: { readonly filesystem?: Filesystem | undefined } & Omit<Probe, 'found' | 'filesystem'>,
  missingBytes?: number,
): FoundVolume => {
  const mountPoints = disk.mountPointsOf(device);
  const { path, sizeBytes, isReadOnly, isSwappedOn, partLabel, partUuid } = device;
  const selector = path.replace(/^\/dev\/(mapper\/)?/, '');
  return {
    kind: 'device',
    path,
    selector,
    offsetBytes: 0,
    sizeBytes,
    ...(device !== disk.device && { identity: partUuid ?? selector }),
    ...(partLabel && { partLabel }),
    ...(partUuid && { partUuid }),
    ...(probed.filesystem && { filesystem: probed.filesystem }),
    isInUse: mountPoints.length > 0 || isSwappedOn || device.children.length > 0,
    mountPoints,
    isReadOnly,
    ...flawsOf(probed, missingBytes),
    isHibernated: probed.isHibernated,
  };
};

/** undefined for what is no partition. */
const partitionNumber = async ({ name }: BlockDevice): Promise<number | undefined> => {
  try {
    return Number(await readFile(`/sys/class/block/${name}/partition`, 'utf8'));
  } catch {
    return undefined;
  }
};
