import type { Scan } from '../engine/scan.ts';
import type { Notice } from '../model/plan.ts';
import type { DeviceId, Disk } from '../model/storage.ts';
import type { Message } from './messages.ts';
import type { DisksState, State } from './state.ts';

/** Of a look that was ended early: what is new, and of the volumes that it never got to what was known of them. */
export const withFormer = (
  { disks: former }: State,
  { scan, lookable, unseen }: Extract<Message, { kind: 'scanned' }>,
): Partial<DisksState> => {
  const isStopped = unseen.length > 0;
  if (!isStopped) return { scan, lookable, unseen, isStopped, error: undefined };
  const known = new Set(former.lookable === undefined ? [] : former.scan.disks.flatMap(idsOf));
  const isKept = (id: DeviceId) => unseen.includes(id) && known.has(id) && !former.unseen.includes(id);
  const selectors = new Set(
    scan.disks.flatMap(({ volumes }) => volumes.filter(({ id }) => isKept(id)).map(({ selector }) => selector)),
  );
  const isAbout = ({ details }: Notice) => 'selector' in details && selectors.has(details.selector);
  const merged: Scan = {
    disks: scan.disks,
    systems: [...scan.systems, ...former.scan.systems.filter(({ volume }) => isKept(volume.id))],
    journals: [...scan.journals, ...former.scan.journals.filter(({ volume }) => isKept(volume.id))],
    notices: [...scan.notices, ...former.scan.notices.filter(isAbout)],
  };
  return { scan: merged, lookable, unseen: unseen.filter((id) => !isKept(id)), isStopped, error: undefined };
};

const idsOf = ({ volumes }: Disk): readonly DeviceId[] => volumes.map(({ id }) => id);
