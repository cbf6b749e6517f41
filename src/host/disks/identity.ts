import type { Disk, Volume } from '../../model/storage.ts';

/** A disk as found, before it is known which others look the same. */
export interface FoundDisk extends Omit<Disk, 'id' | 'volumes'> {
  /** What would name it for good: serial number, UUID; its path's name where it has neither. */
  readonly identity: string;
  readonly volumes: readonly FoundVolume[];
  /** The kind of RAID that the disk as a whole belongs to, where nobody has assembled it. */
  readonly wholeMember?: string;
}

export interface FoundVolume extends Omit<Volume, 'id' | 'diskId'> {
  /** What names it within its disk; undefined for a disk that is one volume. */
  readonly identity?: string;
}

/**
 * Gives disks and volumes their ids. Clones and cheap card readers share serial numbers and UUIDs, and a broken table
 * may repeat a partition's: where an id would name two, the path (the number, for partitions) is added.
 */
export const identifyAll = (all: readonly FoundDisk[]): readonly Disk[] => {
  const found = mergeSame(all);
  const isShared = duplicatesOf(found.map(({ identity }) => identity));
  return found.map(({ identity, volumes, wholeMember: _, ...disk }) => {
    const id = isShared(identity) ? `${identity}@${disk.path}` : identity;
    return { ...disk, id, volumes: identifyVolumes(id, volumes) };
  });
};

/** A disk asked for twice, or by two of its partitions, is one disk. */
const mergeSame = (all: readonly FoundDisk[]): readonly FoundDisk[] => {
  const disks = new Map<string, FoundDisk>();
  for (const disk of all) {
    const former = disks.get(disk.path)?.volumes ?? [];
    const isNew = (volume: FoundVolume) => !former.some(({ selector }) => selector === volume.selector);
    disks.set(disk.path, { ...disk, volumes: [...former, ...disk.volumes.filter(isNew)] });
  }
  return [...disks.values()];
};

const identifyVolumes = (diskId: string, found: readonly FoundVolume[]): readonly Volume[] => {
  const isShared = duplicatesOf(found.map(({ identity }) => identity));
  return found.map(({ identity, ...volume }) => {
    const id = isShared(identity) ? `${identity}@${volume.number ?? volume.path}` : identity;
    return { ...volume, diskId, id: id === undefined ? diskId : `${diskId}/${id}` };
  });
};

const duplicatesOf = (names: readonly (string | undefined)[]) => {
  const seen = new Set<string | undefined>();
  const shared = new Set(names.filter((name) => seen.has(name) || !seen.add(name)));
  return (name: string | undefined) => shared.has(name);
};
