import type { Scan } from '../engine/scan.ts';
import type { Notice } from '../model/plan.ts';
import type { Disk, Volume } from '../model/storage.ts';
import type { InstalledSystem } from '../model/system.ts';
import { noticeSentence } from '../text/sentence.ts';
import type { Text } from '../text/text.ts';

/** The document that `scan --json` prints; its shape is part of the stable interface. */
export const scanDocument = ({ disks, systems, notices }: Scan, text: Text) => ({
  version: 1,
  disks: disks.map(diskDocument),
  volumes: disks.flatMap(({ volumes }) => volumes.map(volumeDocument)),
  systems: systems.map(systemDocument),
  warnings: notices.map((notice) => noticeDocument(notice, text)),
});

/** A notice as every JSON document shows it. */
export const noticeDocument = (notice: Notice, text: Text) => ({
  code: notice.code,
  message: noticeSentence(text.notices, notice),
});

const diskDocument = ({ volumes: _, ...disk }: Disk) => disk;

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
  isHibernated: volume.isHibernated,
});

const systemDocument = ({ id, profile, detection, volume, accounts }: InstalledSystem) => ({
  id,
  profile: profile.id,
  name: detection.name,
  version: detection.version,
  root: volume.id,
  home: detection.home,
  capabilities: profile.accounts ? ['accounts'] : [],
  accounts,
});
