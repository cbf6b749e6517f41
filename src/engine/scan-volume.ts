import { isRescueError, RescueError } from '../model/errors.ts';
import type { MissingPartReason, Notice } from '../model/plan.ts';
import type { DeviceId, Disk, Look, Storage, Volume } from '../model/storage.ts';
import type { InstalledSystem, Place } from '../model/system.ts';
import type { Tree } from '../model/tree.ts';
import { layouts } from '../systems/layouts/index.ts';
import type { Ground } from '../systems/layouts/layout.ts';
import type { Context } from './context.ts';
import { type JournalRecord, readJournals } from './journal.ts';
import { wholeVolume } from './open-pieces.ts';
import { scanRoot } from './scan-root.ts';
import { lookForSwapFiles, type SwapFindings } from './sleepers.ts';
import { watchTree } from './watched-tree.ts';

/** What one volume told. */
export interface Found {
  readonly systems: readonly InstalledSystem[];
  readonly journals: readonly JournalRecord[];
  readonly notices: readonly Notice[];
  /** undefined where the volume could not be looked into. */
  readonly swap?: SwapFindings;
}

/** A volume, and what is around it. */
export interface Surroundings {
  readonly disk: Disk;
  readonly volume: Volume;
  readonly disks: readonly Disk[];
  /** Volumes that are open elsewhere. */
  readonly except: ReadonlySet<DeviceId>;
}

const nothing: Found = { systems: [], journals: [], notices: [] };

/** Looks into a volume for installed systems and earlier runs. What goes wrong becomes a notice. */
export const scanVolume = async (context: Context, around: Surroundings): Promise<Found> => {
  const { disk, volume } = around;
  const { selector, filesystem, unopened } = volume;
  if (disk.isRunningSystem) return nothing;
  // Ours: a job's report is written to it at any moment.
  if (disk.isRescueMedium && filesystem?.type === 'vfat') return nothing;
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
    const found = await scanTree(context, around, { ...look, tree, [Symbol.asyncDispose]: async () => {} });
    const error = firstFailure();
    const unread: readonly Notice[] = error ? [{ code: 'partly-unread', details: { selector, error } }] : [];
    return { ...found, notices: [...damaged, ...unread, ...found.notices] };
  } catch (error) {
    if (!isRescueError(error)) throw error;
    return { ...nothing, notices: [...damaged, { code: 'cannot-look', details: { selector, error } }] };
  }
};

const cutNotice = ({ selector }: Volume, missingBytes: number): Notice => {
  const error = new RescueError('volume-cut', { selector, missingBytes });
  return { code: 'cannot-look', details: { selector, error } };
};

const scanTree = async (context: Context, around: Surroundings, look: Look): Promise<Found> => {
  const { volume, disk } = around;
  const { storage } = context;
  const notices: Notice[] = [];
  const systems: InstalledSystem[] = [];
  const ground: Ground = {
    volume,
    tree: look.tree,
    siblings: disk.volumes,
    withSibling: withSibling(storage),
    ...(look.defaultFolder && { defaultFolder: look.defaultFolder }),
  };
  const lookAt = async (wanted: Volume) => (wanted === volume ? look : await storage.look(wanted));
  const roots = await rootsIn(ground, notices);
  for (const root of roots) {
    const surroundings = { ...ground, lookAt, volumes: volumesFor(around), refusalOf: refusalOf(context, around) };
    await scanRoot(context, root.pieces, surroundings, systems, notices);
  }
  const { records, notices: journalNotices } = await readJournals(look.tree, volume);
  const swap = await lookForSwapFiles(look.tree);
  return { systems, journals: records, notices: [...notices, ...journalNotices], swap };
};

/** Where systems may stand: at the volume's own root, and wherever a layout finds one. */
const rootsIn = async (ground: Ground, notices: Notice[]) => {
  const roots = [];
  for (const { id, find } of layouts) {
    try {
      roots.push(...(await find(ground)));
    } catch (error) {
      const { selector } = ground.volume;
      notices.push({ code: 'profile-failed', details: { profile: id, selector, reason: reasonOf(error) } });
    }
  }
  return roots.some(({ replacesWhole }) => replacesWhole) ? roots : [{ pieces: wholeVolume(ground.volume) }, ...roots];
};

/** What a system's fstab may mean: never what the running system stands on. */
const volumesFor = ({ disks }: Surroundings): readonly Volume[] =>
  disks
    .filter(({ isRunningSystem }) => !isRunningSystem)
    .flatMap(({ volumes }) => volumes.filter(({ snapshotOf }) => snapshotOf === undefined));

const refusalOf =
  ({ storage }: Context, { except }: Surroundings) =>
  (volume: Volume): MissingPartReason | undefined => {
    if (volume.isInUse || except.has(volume.id)) return 'in-use';
    const isWhole = volume.unopened === undefined && volume.missingBytes === undefined;
    return isWhole && storage.canLook(volume) ? undefined : 'unopened';
  };

const withSibling =
  (storage: Storage): Place['withSibling'] =>
  async <T>(volume: Volume, action: (tree: Tree) => Promise<T>) => {
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

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
