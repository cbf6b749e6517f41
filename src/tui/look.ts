import type { Scan } from '../engine/scan-result.ts';
import type { Notice } from '../model/plan.ts';
import type { DeviceId, Volume } from '../model/storage.ts';
import type { Message } from './messages.ts';
import type { DisksState, State } from './state.ts';

/**
 * What a look found, and of the volumes that it did not look at what was known of them before: those that are open here
 * are as they were, and in use by nobody but us.
 */
export const withFormer = (
  { disks: former }: State,
  { scan, lookable, unseen, isStopped }: Extract<Message, { kind: 'scanned' }>,
): Partial<DisksState> => {
  if (unseen.length === 0) return { scan, lookable, unseen, isStopped, error: undefined };
  const isKnown = (id: DeviceId) => former.lookable !== undefined && !former.unseen.includes(id);
  const known = former.scan.disks.flatMap(({ volumes }) => volumes).filter(({ id }) => isKnown(id));
  const kept = new Map(known.filter(({ id }) => unseen.includes(id)).map((volume) => [volume.id, volume]));
  const asBefore = (volume: Volume): Volume => {
    const before = kept.get(volume.id);
    return before?.selector === volume.selector ? before : volume;
  };
  const disks = scan.disks.map((disk) => ({ ...disk, volumes: disk.volumes.map(asBefore) }));
  const selectors = new Set([...kept.values()].map(({ selector }) => selector));
  const isAbout = ({ details }: Notice) => 'selector' in details && selectors.has(details.selector);
  const merged: Scan = {
    disks,
    systems: [...scan.systems, ...former.scan.systems.filter(({ volume }) => kept.has(volume.id))],
    journals: [...scan.journals, ...former.scan.journals.filter(({ volume }) => kept.has(volume.id))],
    notices: [...scan.notices, ...former.scan.notices.filter(isAbout)],
  };
  return { scan: merged, lookable, unseen: unseen.filter((id) => !kept.has(id)), isStopped, error: undefined };
};
