import type { Account } from '../model/account.ts';
import type { Notice } from '../model/plan.ts';
import type { Disk, Volume } from '../model/storage.ts';
import type { InstalledSystem } from '../model/system.ts';
import type { Tree } from '../model/tree.ts';
import type { Planner } from '../operations/operation.ts';
import type { Purpose } from '../operations/purpose.ts';
import { rehearseDoors } from './check.ts';
import type { Context } from './context.ts';
import { assertWritable } from './guard.ts';
import { openPieces } from './open-pieces.ts';
import { type PreparedPlan, sealPlan } from './plan.ts';
import { plannedTree } from './planned-tree.ts';
import { degradedNotice } from './scan.ts';
import { type Scan, volumesOf } from './scan-result.ts';
import { steadyTree } from './steady-tree.ts';

/**
 * Asks an operation for its plan, on a read-only look at the system's tree.
 * @throws RescueError what assertWritable, the operation and Tree throw
 */
export const preparePlan = async <Options>(
  context: Context,
  scan: Scan,
  operation: Planner<Options, Purpose>,
  system: InstalledSystem,
  options: Options,
  account?: Account,
): Promise<PreparedPlan> => {
  assertWritable(scan, system.volume);
  await using opened = await openPieces(context.storage.look, system.pieces);
  const tree = steadyTree(opened.tree);
  const { randomBytes } = context;
  const where = { system, tree, volumes: volumesOf(scan) };
  const draft = await operation.plan({ ...where, nowMs: context.now(), randomBytes }, options);
  const warnings = [...draft.warnings, ...degradedUnder(scan, system.volume)];
  const { plan, volume, seen } = await sealPlan(system.volume, tree, { ...draft, warnings });
  assertWritable(scan, volume);
  const rehearse = account && ((fresh: Tree) => rehearseDoors(context, scan, { system, account }, fresh));
  const doors = await rehearse?.(plannedTree(tree, seen));
  const { verify, ticks } = draft;
  const { pieces } = system;
  return {
    plan,
    volume,
    pieces,
    verify,
    ...(ticks && { ticks }),
    ...(doors && { doors }),
    ...(rehearse && { rehearse }),
  };
};

/** RAIDs below a volume that work without some of their disks: whoever agrees to a plan agrees to write to them so. */
const degradedUnder = ({ disks }: Scan, { diskId }: Volume): readonly Notice[] => {
  const own = disks.find(({ id }) => id === diskId);
  const isBelow = ({ id, standsOn }: Disk) => id === diskId || own?.standsOn?.some((path) => standsOn?.includes(path));
  return disks.filter(isBelow).flatMap(degradedNotice);
};
