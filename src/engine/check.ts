import type { Account } from '../model/account.ts';
import { isRescueError } from '../model/errors.ts';
import { type DoorState, doorStates, type Finding } from '../model/finding.ts';
import type { InstalledSystem } from '../model/system.ts';
import type { Tree } from '../model/tree.ts';
import { inspect, subjectOf } from '../operations/findings.ts';
import type { Context } from './context.ts';
import { openPieces } from './open-pieces.ts';
import { type Scan, volumesOf } from './scan-result.ts';
import { steadyTree } from './steady-tree.ts';

/** What keeps people out of one system, or one account of it. */
export interface Checked {
  readonly system: InstalledSystem;
  readonly account?: Account;
  readonly findings: readonly Finding[];
  /** How each door stands for the account; empty where none is named. */
  readonly doors: readonly DoorState[];
}

/**
 * Looks for what keeps everybody out of a system, and, if one is named, what keeps an account out. Writes nothing.
 * @throws RescueError what Storage.look and Tree throw
 */
export const checkSystem = async (
  context: Context,
  scan: Scan,
  system: InstalledSystem,
  account?: Account,
): Promise<Checked> => {
  await using look = await openPieces(context.storage.look, system.pieces);
  const subject = subjectOf({ system, volumes: volumesOf(scan), nowMs: context.now() }, steadyTree(look.tree));
  const findings = await inspect(subject, system, account);
  const there = account ? await system.profile.loginChecks?.doors?.(subject, account) : undefined;
  return { system, ...(account && { account }), findings, doors: doorStates(there ?? [], findings) };
};

/** How each door of an account stands; undefined where the system has no checks, or they cannot be made: nothing hangs on it. */
export const rehearseDoors = async (
  context: Context,
  scan: Pick<Scan, 'disks'>,
  { system, account }: { readonly system: InstalledSystem; readonly account: Account },
  tree: Tree,
): Promise<readonly DoorState[] | undefined> => {
  const subject = subjectOf({ system, volumes: volumesOf(scan), nowMs: context.now() }, tree);
  try {
    const there = await system.profile.loginChecks?.doors?.(subject, account);
    return there && doorStates(there, await inspect(subject, system, account));
  } catch (error) {
    if (isRescueError(error)) return undefined;
    throw error;
  }
};
