import type { Disk, Volume } from '../model/storage.ts';
import type { InstalledSystem } from '../model/system.ts';
import type { Scan } from './scan-result.ts';

/** What was found, in the shape that `scan --json` and the reports of jobs share; part of the stable interface. */
export const foundDocument = ({ disks, systems }: Pick<Scan, 'disks' | 'systems'>) => ({
  disks: disks.map(diskDocument),
  volumes: disks.flatMap(({ volumes }) => volumes.map(volumeDocument)),
  systems: systems.map(systemDocument),
});

const diskDocument = ({ volumes: _, unopened, ...disk }: Disk) => ({ ...disk, unopened: unopened?.code });

const volumeDocument = ({ filesystem, diskId, ...volume }: Volume) => ({
  id: volume.id,
  disk: diskId,
  selector: volume.selector,
  path: volume.path,
  sizeBytes: volume.sizeBytes,
  filesystem: filesystem?.type,
  label: filesystem?.label,
  partLabel: volume.partLabel,
  uuid: filesystem?.uuid,
  partUuid: volume.partUuid,
  state: filesystem?.state,
  usedBytes: filesystem?.usedBytes,
  isInUse: volume.isInUse,
  mountPoints: volume.mountPoints,
  isReadOnly: volume.isReadOnly,
  raidMember: volume.raidMember,
  partOf: volume.partOf,
  unopened: volume.unopened?.code,
  snapshotOf: volume.snapshotOf,
  missingBytes: volume.missingBytes,
  isHibernated: volume.isHibernated,
  sleepsIn: volume.sleepsIn,
});

const systemDocument = ({ id, profile, detection, volume, pieces, accounts }: InstalledSystem) => ({
  id,
  profile: profile.id,
  name: detection.name,
  version: detection.version,
  hostname: detection.hostname,
  root: volume.id,
  home: detection.home,
  tree: pieces.map(({ at, layers }) => ({
    at,
    layers: layers.map((layer) => ({ volume: layer.volume.id, folder: layer.folder })),
  })),
  capabilities: profile.accounts ? ['accounts'] : [],
  accounts,
});
