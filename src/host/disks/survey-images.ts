import { access, constants, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Partition } from '../../formats/partx.ts';
import { mapLimited } from '../../model/map-limited.ts';
import type { FoundDisk, FoundVolume } from './identity.ts';
import { isInRange, listLoops } from './loops.ts';
import { readMounts } from './mount-table.ts';
import { listPartitions } from './partitions.ts';
import { flawsOf, type Probe, probe, type Range } from './probe.ts';
import { withTail } from './squashfs-tail.ts';

/** blkid processes at a time. */
export const probesAtOnce = 4;

/** A raw image of a disk (GPT, MBR, hybrid) or of one file system. */
export const surveyImage = async (source: string): Promise<FoundDisk> => {
  const path = resolve(source);
  const { size: sizeBytes } = await stat(path);
  const whole: Range = { path, offsetBytes: 0, sizeBytes };
  const [{ found, ...bare }, { partitions, hasOneCopy }, isReadOnly] = await Promise.all([
    probe(whole),
    listPartitions(path, sizeBytes),
    access(path, constants.W_OK).then(
      () => false,
      () => true,
    ),
  ]);
  const name = basename(path);
  const uses = await usesOf(path);
  const toVolume = (
    range: Range,
    selector: string,
    { filesystem, isHibernated, ...probed }: Omit<Probe, 'found'>,
    missingBytes?: number,
  ): FoundVolume => ({
    ...range,
    ...uses(range),
    kind: 'image',
    selector,
    ...(filesystem && { filesystem }),
    ...flawsOf(probed, missingBytes),
    isHibernated,
    isReadOnly,
  });
  // A boot sector can look like a partition table: what blkid calls a file system and no table is one.
  const isBare = partitions.length === 0 || (found.type !== undefined && found.tableType === undefined);
  const volumes = isBare
    ? [toVolume(whole, name, bare)]
    : await mapLimited(partitions, probesAtOnce, async (partition) => {
        const range = { path, offsetBytes: partition.offsetBytes, sizeBytes: partition.sizeBytes };
        const volume = toVolume(range, `${name}:${partition.number}`, await probe(range), partition.missingBytes);
        return { ...volume, ...namesOf(partition) };
      });
  return {
    identity: found.tableUuid ?? found.uuid ?? name,
    path,
    sizeBytes,
    transport: 'file',
    isRemovable: false,
    ...(!isBare && { table: tableOf(found.tableType) }),
    ...(!isBare && hasOneCopy && { hasOneTableCopy: true as const }),
    isRunningSystem: false,
    volumes: (await mapLimited(volumes, probesAtOnce, withTail)).flat(),
  };
};

/** What a partition table says of an entry. */
export const namesOf = ({ number, label, uuid }: Partition) => ({
  number,
  identity: uuid ?? String(number),
  ...(label && { partLabel: label }),
  ...(uuid && { partUuid: uuid }),
});

/** blkid looks for a GPT at 512-byte sectors only, and finds but the protective MBR of one with 4096. */
export const tableOf = (tableType: string | undefined): string =>
  tableType === undefined || tableType === 'PMBR' ? 'gpt' : tableType;

/** Which byte ranges of an image are attached to loop devices, and where those are mounted. */
const usesOf = async (path: string) => {
  const loops = await listLoops(path);
  const mounts = loops.length > 0 ? await readMounts() : [];
  return (range: Range) => {
    const over = loops.filter((loop) => isInRange(loop, range));
    const mountPoints = mounts.filter(({ device }) => over.some((loop) => loop.device === device));
    return { isInUse: over.length > 0, mountPoints: mountPoints.map(({ mountPoint }) => mountPoint) };
  };
};
