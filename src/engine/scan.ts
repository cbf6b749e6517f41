import { mapLimited } from '../model/map-limited.ts';
import type { Notice } from '../model/plan.ts';
import type { DeviceId, Disk, Source, Volume } from '../model/storage.ts';
import type { Context } from './context.ts';
import type { PartialScan, Scan } from './scan-result.ts';
import { type Found, scanVolume } from './scan-volume.ts';
import { findSleepers, markSleepers, sleepersAmong } from './sleepers.ts';
import { surveyAndUnlock } from './unlock.ts';

/** Volumes looked into at once; each holds a loop device, and kernels may have no more than eight. */
const volumesAtOnce = 3;

/**
 * Looks at the sources, or at every disk: tables, file systems, installed systems, their accounts, earlier runs.
 * One bad volume or broken profile becomes a notice; it never sinks the scan.
 * @throws RescueError what Storage.survey throws; need-root where nothing could be found without
 */
export const scan = async (context: Context, sources: readonly Source[]): Promise<Scan> => {
  context.emit({ kind: 'surveying' });
  const disks = await surveyAndUnlock(context, sources);
  return (await lookAtAll(context, disks, new AbortController().signal, new Set())).scan;
};

/**
 * As `scan`, until `signal` ends it: a dying disk can keep a look waiting for as long as it likes. What waits then is left
 * to itself; it changes nothing any more.
 * @param except volumes that are left alone, because they are open elsewhere
 * @returns undefined where not even the disks were known by then
 */
export const scanUntil = async (
  context: Context,
  sources: readonly Source[],
  signal: AbortSignal,
  except: ReadonlySet<DeviceId> = new Set(),
): Promise<PartialScan | undefined> => {
  if (signal.aborted) return undefined;
  context.emit({ kind: 'surveying' });
  const disks = await Promise.race([context.storage.survey(sources), untilAborted(signal)]);
  return disks && (await lookAtAll(context, disks, signal, except));
};

const untilAborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));

const lookAtAll = async (
  context: Context,
  disks: readonly Disk[],
  signal: AbortSignal,
  except: ReadonlySet<DeviceId>,
): Promise<PartialScan> => {
  context.emit({ kind: 'surveyed', disks });
  const gaps = disks.flatMap(noticesOf);
  const places = disks.flatMap((disk) => disk.volumes.map((volume) => ({ disk, volume })));
  const results: (Found | undefined)[] = places.map(() => undefined);
  const looking = mapLimited([...places.entries()], volumesAtOnce, async ([index, { disk, volume }]) => {
    if (!signal.aborted && !except.has(volume.id))
      results[index] = await scanVolume(context, { disk, volume, disks, except });
  });
  await Promise.race([looking, untilAborted(signal)]);
  const found = results.filter((each) => each !== undefined);
  assertSeen(found);
  // A volume that did not answer this time is not one where nothing is: what was known of it stays.
  const isUnseen = (volume: Volume, index: number) =>
    results[index] === undefined || volume.unopened?.code === 'tool-timeout';
  const notices = [...gaps, ...found.flatMap((each) => each.notices)];
  for (const notice of notices) context.emit({ kind: 'noticed', notice });
  const swaps = places.flatMap(({ volume }, index) => {
    const swap = results[index]?.swap;
    return swap ? [[volume, swap] as const] : [];
  });
  const swapFindings = new Map(swaps);
  const searching = signal.aborted ? undefined : findSleepers(context.storage, swapFindings);
  const sleepers = (await Promise.race([searching, untilAborted(signal)])) ?? sleepersAmong(swapFindings);
  const scan: Scan = {
    disks,
    systems: found.flatMap((each) => each.systems),
    journals: found.flatMap((each) => each.journals),
    notices,
  };
  return {
    scan: markSleepers(scan, sleepers),
    unseen: places.flatMap(({ volume }, index) => (isUnseen(volume, index) ? [volume.id] : [])),
  };
};

/** Some file systems can be looked into by root alone: they cost the scan no more than any other that cannot be read. */
const assertSeen = (found: readonly Found[]): void => {
  if (found.some(({ systems }) => systems.length > 0)) return;
  for (const { notices } of found)
    for (const notice of notices)
      if (notice.code === 'cannot-look' && notice.details.error.code === 'need-root') throw notice.details.error;
};

/** What is to be said of a RAID or a volume group as a whole. */
const noticesOf = (disk: Disk): readonly Notice[] => {
  const { unopened: error } = disk;
  const gap = error && ({ code: 'cannot-look', details: { selector: nameOf(disk), error } } as const);
  const table = disk.hasOneTableCopy && ({ code: 'one-table-copy', details: { path: disk.path } } as const);
  return [...degradedNotice(disk), ...(gap ? [gap] : []), ...(table ? [table] : [])];
};

/** None for a disk that is no RAID, or a whole one. */
export const degradedNotice = (disk: Disk): readonly Notice[] =>
  disk.degraded ? [{ code: 'raid-degraded', details: { name: nameOf(disk), ...disk.degraded } }] : [];

const nameOf = ({ path }: Disk): string => path.replace(/^\/dev\//, '');
