import { isRescueError, RescueError } from '../model/errors.ts';
import type { DoorState } from '../model/finding.ts';
import { PasswordHash } from '../model/secret.ts';
import type { Volume } from '../model/storage.ts';
import type { ChangeOperation, PlannedOperation } from '../operations/index.ts';
import type { Values } from '../operations/inputs.ts';
import type { Planner } from '../operations/operation.ts';
import type { Purpose } from '../operations/purpose.ts';
import type { Context } from './context.ts';
import type { JournalRecord } from './journal.ts';
import type { PreparedPlan } from './plan.ts';
import { preparePlan } from './prepare.ts';
import type { Scan } from './scan-result.ts';
import { chooseAccount, narrowScan, type Target } from './select.ts';
import { chooseJournal, planUndo } from './undo.ts';

/** What an operation is done to: an account, or an earlier run. */
export type RequestTarget =
  | (Target & { readonly on: 'account' })
  | { readonly on: 'journal'; readonly record: JournalRecord };

/** What names a target, whichever the face. */
export interface TargetNames {
  /** A selector, or a system's id. */
  readonly on?: string | undefined;
  readonly user?: string | undefined;
  /** A run's. */
  readonly id?: string | undefined;
}

/** What somebody has asked for, with everything that it takes. */
export interface PlanRequest {
  readonly operation: ChangeOperation;
  readonly target: RequestTarget;
  /** As the operation's record names its inputs. */
  readonly values: Values;
}

/** The one thing that is meant; nothing is ever guessed. @throws RescueError what chooseAccount and chooseJournal throw */
export const chooseTarget = (scan: Scan, operation: ChangeOperation, { on, user, id }: TargetNames): RequestTarget => {
  switch (operation.on) {
    case 'account':
      return { on: 'account', ...chooseAccount(scan, { on, user: user ?? '' }, operation) };
    case 'journal':
      return { on: 'journal', record: chooseJournal(narrowScan(scan, on), id) };
  }
};

/** The volume that would be changed. */
export const volumeOfTarget = (target: RequestTarget): Volume =>
  target.on === 'journal' ? target.record.volume : target.system.volume;

/** Whom or what a question is about, in a word. */
export const nameOfTarget = (target: RequestTarget): string => {
  switch (target.on) {
    case 'account':
      return target.account.name;
    case 'journal':
      return target.record.manifest.id;
  }
};

/** Makes the plan of a request. @throws RescueError what preparePlan and planUndo throw */
export const prepareRequest = (
  context: Context,
  scan: Scan,
  { operation, target, values }: PlanRequest,
): Promise<PreparedPlan> => {
  if (target.on === 'journal') return planUndo(context, scan, target.record, { force: values['force'] === true });
  if (operation.on === 'journal')
    throw new RescueError('not-offered', { task: operation.id, system: target.system.id });
  const { system, account } = target;
  return preparePlan(context, scan, plannerOf(operation), system, { ...values, account }, account);
};

/** A hash that no password has: with it a plan can be made before somebody is asked for one. It is never written. */
const nobodysHash = new PasswordHash(`$6$rehearsal$${'.'.repeat(86)}`);

/**
 * How each door of an account will stand with a new password, before anybody was asked for it; undefined where that
 * cannot be told. Nothing is written.
 */
export const rehearseRequest = async (
  context: Context,
  scan: Scan,
  { operation, target }: Pick<PlanRequest, 'operation' | 'target'>,
): Promise<readonly DoorState[] | undefined> => {
  if (target.on !== 'account') return undefined;
  try {
    const values = { password: nobodysHash, unlock: true };
    return (await prepareRequest(context, scan, { operation, target, values })).doors;
  } catch (error) {
    if (isRescueError(error)) return undefined;
    throw error;
  }
};

/** A record's planner takes what its own inputs come to; TypeScript cannot follow that through the list, hence the widening. */
const plannerOf = (operation: PlannedOperation) => operation as unknown as Planner<object, Purpose>;
