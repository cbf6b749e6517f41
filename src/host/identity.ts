import { basename } from 'node:path';
import type { Disk, Volume } from '../model/storage.ts';

/** A disk as found, before it is known which others look the same. */
export interface FoundDisk extends Omit<Disk, 'id' | 'volumes'> {
  /** What would name it for good: serial number, UUID; its path's name where it has neither. */
  readonly identity: string;
  readonly volumes: readonly FoundVolume[];
}

export interface FoundVolume extends Omit<Volume, 'id' | 'diskId'> {
  /** What names it within its disk; undefined for a disk that is one volume. */
  readonly identity?: string;
}

/**
 * Gives disks and volumes their ids. Clones and cheap card readers share serial numbers and UUIDs, and a broken table
 * may repeat a partition's: where an id would name two, the path's name (the number, for partitions) is added.
 */
export const identifyAll = (found: readonly FoundDisk[]): readonly Disk[] => {
  const isShared = duplicatesOf(found.map(({ identity }) => identity));
  return found.map(({ identity, volumes, ...disk }) => {
    const id = isShared(identity) ? `${identity}@${basename(disk.path)}` : identity;
    return { ...disk, id, volumes: identifyVolumes(id, volumes) };
  });
};

const identifyVolumes = (diskId: string, found: readonly FoundVolume[]): readonly Volume[] => {
  const isShared = duplicatesOf(found.map(({ identity }) => identity));
  return found.map(({ identity, ...volume }) => {
    const id = isShared(identity) ? `${identity}@${volume.number ?? basename(volume.path)}` : identity;
    return { ...volume, diskId, id: id === undefined ? diskId : `${diskId}/${id}` };
  });
};

const duplicatesOf = (names: readonly (string | undefined)[]) => {
  const seen = new Set<string | undefined>();
  const shared = new Set(names.filter((name) => seen.has(name) || !seen.add(name)));
  return (name: string | undefined) => shared.has(name);
};
