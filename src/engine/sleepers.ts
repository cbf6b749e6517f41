import { isRescueError } from '../model/errors.ts';
import { mapLimited } from '../model/map-limited.ts';
import type { Storage, Volume } from '../model/storage.ts';
import type { Tree, TreePath } from '../model/tree.ts';
import type { Scan } from './scan-result.ts';
import { findSleepingSwapFile, missingFrom, namedSwapFiles } from './sleeping-swap.ts';

/** What a look at a volume told of swap files. */
export interface SwapFindings {
  /** The swap file that a system sleeps in. */
  readonly sleepsIn?: TreePath;
  /** Swap files that its fstab names, and that stand on another volume. */
  readonly elsewhere: readonly TreePath[];
}

/** Looks for a system that sleeps in a swap file of this volume. */
export const lookForSwapFiles = async (tree: Tree): Promise<SwapFindings> => {
  const named = await namedSwapFiles(tree);
  const sleepsIn = await findSleepingSwapFile(tree, named);
  return { ...(sleepsIn !== undefined && { sleepsIn }), elsewhere: await missingFrom(tree, named) };
};

/** Volumes whose own swap file a system sleeps in. */
export const sleepersAmong = (findings: ReadonlyMap<Volume, SwapFindings>): ReadonlyMap<Volume, TreePath> =>
  new Map(
    [...findings].flatMap(([volume, { sleepsIn }]) => (sleepsIn === undefined ? [] : [[volume, sleepsIn] as const])),
  );

const looksAtOnce = 3;

/**
 * Volumes with a swap file that a system sleeps in. Where one volume's fstab names a file that it does not hold itself,
 * the others are looked at again for that.
 */
export const findSleepers = async (
  storage: Storage,
  findings: ReadonlyMap<Volume, SwapFindings>,
): Promise<ReadonlyMap<Volume, TreePath>> => {
  const sleepers = new Map(sleepersAmong(findings));
  const elsewhere = [...findings.values()].flatMap((each) => each.elsewhere);
  if (elsewhere.length === 0) return sleepers;
  const others = [...findings.keys()].filter((volume) => !sleepers.has(volume));
  await mapLimited(others, looksAtOnce, async (volume) => {
    try {
      await using look = await storage.look(volume);
      const sleepsIn = await findSleepingSwapFile(look.tree, elsewhere);
      if (sleepsIn !== undefined) sleepers.set(volume, sleepsIn);
    } catch (error) {
      if (!isRescueError(error)) throw error; // it could be looked at a moment ago: then it is said why not
    }
  });
  return sleepers;
};

/** The same scan, in which those volumes hold a sleeping system. */
export const markSleepers = (scan: Scan, sleepers: ReadonlyMap<Volume, TreePath>): Scan => {
  if (sleepers.size === 0) return scan;
  const marked = new Map(
    [...sleepers].map(([volume, sleepsIn]) => [volume, { ...volume, isHibernated: true, sleepsIn }]),
  );
  const markIn = <T extends { readonly volume: Volume }>(each: T): T => ({
    ...each,
    volume: marked.get(each.volume) ?? each.volume,
  });
  return {
    ...scan,
    disks: scan.disks.map((disk) => ({
      ...disk,
      volumes: disk.volumes.map((volume) => marked.get(volume) ?? volume),
    })),
    systems: scan.systems.map((system) => ({
      ...markIn(system),
      pieces: system.pieces.map((piece) => ({ ...piece, layers: piece.layers.map(markIn) })),
    })),
    journals: scan.journals.map(markIn),
  };
};
