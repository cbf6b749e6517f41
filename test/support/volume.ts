import type { Disk, Volume } from '../../src/model/storage.ts';

/** A volume as a survey would describe it, with whatever a test wants different. */
export const volumeOf = (different: Partial<Volume> = {}): Volume => ({
  id: 'disk-1/part-2',
  diskId: 'disk-1',
  selector: 'sdb2',
  path: '/dev/sdb2',
  kind: 'device',
  number: 2,
  offsetBytes: 0,
  sizeBytes: 1_000_000_000,
  filesystem: { type: 'ext4', state: 'clean' },
  isInUse: false,
  mountPoints: [],
  isReadOnly: false,
  isHibernated: false,
  ...different,
});

/** A disk with these volumes. */
export const diskOf = (volumes: readonly Volume[], different: Partial<Disk> = {}): Disk => ({
  id: 'disk-1',
  path: '/dev/sdb',
  sizeBytes: 2_000_000_000,
  isRemovable: true,
  isRunningSystem: false,
  volumes,
  ...different,
});
