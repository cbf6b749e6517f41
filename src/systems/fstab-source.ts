import { unescapeHex } from '../formats/hex-escape.ts';
import type { MissingPartReason } from '../model/plan.ts';
import type { Volume } from '../model/storage.ts';

/** The volume that the first field of an fstab(5) line means, or why there is none. */
export type SourceVolume = { readonly volume: Volume } | { readonly reason: MissingPartReason };

/** What is known of the machine when a line is read. */
export interface SourceContext {
  /** Everything that is here and may belong to the system. */
  readonly volumes: readonly Volume[];
  /** Where the system's root is, and what its own fstab calls it. */
  readonly root: Volume;
  readonly rootSource: string | undefined;
}

type Tag = 'UUID' | 'LABEL' | 'PARTUUID' | 'PARTLABEL';

const tagValues: Readonly<Record<Tag, (volume: Volume) => string | undefined>> = {
  UUID: ({ filesystem }) => filesystem?.uuid,
  LABEL: ({ filesystem }) => filesystem?.label,
  PARTUUID: ({ partUuid }) => partUuid,
  PARTLABEL: ({ partLabel }) => partLabel,
};

/** Names that are lost when their bytes are (mount(8), "Indicating the device"); udev's links say the same. */
const readTag = (source: string): readonly [tag: Tag, value: string] | undefined => {
  const [, tag, value] = /^(UUID|LABEL|PARTUUID|PARTLABEL)=(.*)$/s.exec(source) ?? [];
  if (tag !== undefined && value !== undefined) return [tag as Tag, value.replace(/^(["'])(.*)\1$/s, '$2')];
  const [, link, name] = /^\/dev\/disk\/by-(uuid|label|partuuid|partlabel)\/(.+)$/s.exec(source) ?? [];
  return link === undefined || name === undefined ? undefined : [link.toUpperCase() as Tag, unescapeHex(name)];
};

/**
 * Finds what a line of the system's own fstab names, by the disks that are present. Kernel names are those of the day
 * when the line was written: they count only where the root's own line shows which disk they were.
 */
export const findSourceVolume = (source: string, context: SourceContext): SourceVolume => {
  const tag = readTag(source);
  if (tag) {
    const [name, value] = tag;
    const isSame =
      name === 'UUID' || name === 'PARTUUID' ? sameIgnoringCase : (one: string, other: string) => one === other;
    return oneOf(
      context.volumes.filter((volume) => isSame(tagValues[name](volume) ?? '', value)),
      context,
    );
  }
  const mapped = mapperName(source);
  if (mapped !== undefined)
    return oneOf(
      context.volumes.filter(({ path }) => mapperName(path) === mapped),
      context,
    );
  const partition = partitionOf(source);
  if (partition) return findPartition(partition, context);
  if (/^\/dev\/(disk\/by-|md)/.test(source))
    return oneOf(
      context.volumes.filter(({ path }) => path === source),
      context,
    );
  return { reason: 'unnamed' };
};

const sameIgnoringCase = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Of copies that carry one name, the one beside the root is meant. */
const oneOf = (found: readonly Volume[], { root }: SourceContext): SourceVolume => {
  const [volume, ...others] = found;
  if (volume === undefined) return { reason: 'absent' };
  if (others.length === 0) return { volume };
  const [beside, ...more] = found.filter(({ diskId }) => diskId === root.diskId);
  return beside && more.length === 0 ? { volume: beside } : { reason: 'ambiguous' };
};

/** `/dev/vg0/my-home` is `/dev/mapper/vg0-my--home` (lvm(8), VALID NAMES). */
const mapperName = (path: string): string | undefined => {
  const [, mapped] = /^\/dev\/mapper\/([^/]+)$/.exec(path) ?? [];
  if (mapped !== undefined) return mapped;
  const [, group, volume] = /^\/dev\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  if (group === undefined || volume === undefined || /^(disk|mapper|block|md|loop|pts|shm)$/.test(group))
    return undefined;
  return `${group.replaceAll('-', '--')}-${volume.replaceAll('-', '--')}`;
};

interface Partition {
  readonly disk: string;
  readonly number: number;
}

/** `/dev/sda2`, `/dev/nvme0n1p2`. */
const partitionOf = (source: string): Partition | undefined => {
  const [, disk, number] = /^\/dev\/([shv]d[a-z]+|xvd[a-z]+|(?:nvme\d+n|mmcblk)\d+p)(\d+)$/.exec(source) ?? [];
  return disk === undefined ? undefined : { disk, number: Number(number) };
};

const findPartition = ({ disk, number }: Partition, { volumes, root, rootSource }: SourceContext): SourceVolume => {
  const rootPartition = partitionOf(rootSource ?? '');
  if (rootPartition?.disk !== disk || rootPartition.number !== root.number) return { reason: 'unnamed' };
  const volume = volumes.find((each) => each.diskId === root.diskId && each.number === number);
  return volume ? { volume } : { reason: 'absent' };
};
