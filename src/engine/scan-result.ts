import type { Notice } from '../model/plan.ts';
import type { DeviceId, Disk, Volume } from '../model/storage.ts';
import type { InstalledSystem } from '../model/system.ts';
import type { JournalRecord } from './journal.ts';

/** Everything that was found; nothing was written to find it. */
export interface Scan {
  readonly disks: readonly Disk[];
  readonly systems: readonly InstalledSystem[];
  readonly journals: readonly JournalRecord[];
  readonly notices: readonly Notice[];
}

/** What was found, and the volumes that were not looked at: because they were left alone, or because somebody ended it. */
export interface PartialScan {
  readonly scan: Scan;
  readonly unseen: readonly DeviceId[];
}

/** Everything that could be mounted, on every disk. */
export const volumesOf = ({ disks }: Pick<Scan, 'disks'>): readonly Volume[] => disks.flatMap(({ volumes }) => volumes);
