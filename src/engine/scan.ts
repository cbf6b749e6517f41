import { isRescueError, RescueError } from '../model/errors.ts';
import { mapLimited } from '../model/map-limited.ts';
import type { Notice } from '../model/plan.ts';
import type { DeviceId, Disk, Source, Storage, Volume } from '../model/storage.ts';
import type { Detection, InstalledSystem, Place, SystemProfile } from '../model/system.ts';
import type { Tree } from '../model/tree.ts';
import type { Context } from './context.ts';
import { type JournalRecord, readJournals } from './journal.ts';
import type { PartialScan, Scan } from './scan-result.ts';
import { findSleepers, lookForSwapFiles, markSleepers, type SwapFindings, sleepersAmong } from './sleepers.ts';
import { surveyAndUnlock } from './unlock.ts';
import { watchTree } from './watched-tree.ts';

interface Found {
  readonly systems: readonly InstalledSystem[];
  readonly journals: readonly JournalRecord[];
  readonly notices: readonly Notice[];
  /** undefined where the volume could not be looked into. */
  readonly swap?: SwapFindings;
}

/** Volumes looked into at once; each holds a loop device, and kernels may have no more than eight. */
const volumesAtOnce = 3;

/**
 * Looks at the sources, or at every disk: tables, file systems, installed systems, their accounts, earlier runs.
 * One bad volume or broken profile becomes a notice; it never sinks the scan.
 * @throws RescueError what Storage.survey throws
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
    if (!signal.aborted && !except.has(volume.id)) results[index] = await scanVolume(context, disk, volume);
  });
  await Promise.race([looking, untilAborted(signal)]);
  const found = results.filter((each) => each !== undefined);
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
    unseen: places.flatMap(({ volume }, index) => (results[index] === undefined ? [volume.id] : [])),
  };
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

const cutNotice = ({ selector }: Volume, missingBytes: number): Notice => {
  const error = new RescueError('volume-cut', { selector, missingBytes });
  return { code: 'cannot-look', details: { selector, error } };
};

const nothing: Found = { systems: [], journals: [], notices: [] };

const scanVolume = async (context: Context, disk: Disk, volume: Volume): Promise<Found> => {
  const { selector, filesystem, unopened } = volume;
  if (disk.isRunningSystem) return nothing;
  if (unopened) return { ...nothing, notices: [{ code: 'cannot-look', details: { selector, error: unopened } }] };
  if (volume.missingBytes !== undefined) return { ...nothing, notices: [cutNotice(volume, volume.missingBytes)] };
  // An older state of the same system: found twice, it could be taken for the one in use.
  if (volume.snapshotOf !== undefined) return nothing;
  if (volume.isInUse) {
    const notice = { code: 'volume-mounted', details: { selector, mountPoints: volume.mountPoints } } as const;
    return volume.mountPoints.length > 0 ? { ...nothing, notices: [notice] } : nothing;
  }
  if (!context.storage.canLook(volume)) return nothing;
  const damaged: readonly Notice[] =
    filesystem?.state === 'errors' ? [{ code: 'needs-fsck', details: { selector } }] : [];
  context.emit({ kind: 'looking', selector });
  try {
    await using look = await context.storage.look(volume);
    const { tree, firstFailure } = watchTree(look.tree);
    const found = await scanTree(context, disk, volume, tree);
    const error = firstFailure();
    const unread: readonly Notice[] = error ? [{ code: 'partly-unread', details: { selector, error } }] : [];
    return { ...found, notices: [...damaged, ...unread, ...found.notices] };
  } catch (error) {
    if (!isRescueError(error) || error.code === 'need-root') throw error;
    return { ...nothing, notices: [...damaged, { code: 'cannot-look', details: { selector, error } }] };
  }
};

const scanTree = async (context: Context, disk: Disk, volume: Volume, tree: Tree): Promise<Found> => {
  const notices: Notice[] = [];
  const place: Place = { volume, tree, siblings: disk.volumes, withSibling: withSibling(context.storage) };
  const detections = await detectAll(context.profiles, place, notices);
  const systems: InstalledSystem[] = [];
  for (const { profile, detection } of detections) {
    notices.push(...(detection.notices ?? []));
    const id = uniqueId(`${profile.id}@${volume.selector}`, systems);
    const listed = await listAccounts(context, { profile, detection }, { tree, volume }, id, notices);
    systems.push({ id, profile, detection, volume, ...listed });
  }
  const { records, notices: journalNotices } = await readJournals(tree, volume);
  const swap = await lookForSwapFiles(tree);
  return { systems, journals: records, notices: [...notices, ...journalNotices], swap };
};

interface Detected {
  readonly profile: SystemProfile;
  readonly detection: Detection;
}

const detectAll = async (
  profiles: readonly SystemProfile[],
  place: Place,
  notices: Notice[],
): Promise<readonly Detected[]> => {
  const all: Detected[] = [];
  for (const profile of profiles) {
    try {
      for (const detection of await profile.detect(place)) all.push({ profile, detection });
    } catch (error) {
      const { selector } = place.volume;
      notices.push({ code: 'profile-failed', details: { profile: profile.id, selector, reason: reasonOf(error) } });
    }
  }
  const isReplaced = ({ profile, detection }: Detected) =>
    all.some((other) => other.profile.supersedes?.includes(profile.id) && other.detection.home === detection.home);
  return all.filter((each) => !isReplaced(each));
};

const listAccounts = async (
  { now }: Context,
  { profile, detection }: Detected,
  { tree, volume }: Pick<Place, 'tree' | 'volume'>,
  system: string,
  notices: Notice[],
): Promise<Pick<InstalledSystem, 'accounts' | 'otherAccounts'>> => {
  const where = [tree, detection.home, now(), volume.filesystem?.writtenAtMs] as const;
  try {
    const accounts = (await profile.accounts?.list(...where)) ?? [];
    return { accounts, otherAccounts: (await profile.accounts?.listOthers?.(...where)) ?? [] };
  } catch (error) {
    notices.push({ code: 'accounts-failed', details: { system, error } });
    return { accounts: [] };
  }
};

const withSibling =
  (storage: Storage): Place['withSibling'] =>
  async (volume, action) => {
    if (volume.isInUse || !storage.canLook(volume)) return undefined;
    try {
      await using look = await storage.look(volume);
      return await action(look.tree);
    } catch (error) {
      // A slot that cannot be read costs the version, not the system.
      if (isRescueError(error)) return undefined;
      throw error;
    }
  };

const uniqueId = (id: string, taken: readonly InstalledSystem[]): string => {
  const namesakes = taken.filter((system) => system.id === id || system.id.startsWith(`${id}#`)).length;
  return namesakes === 0 ? id : `${id}#${namesakes + 1}`;
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
