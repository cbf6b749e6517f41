import { type Applied, apply } from '../engine/apply.ts';
import { consentTo } from '../engine/consent.ts';
import { recoveredFolderName } from '../engine/recovery/folder-name.ts';
import { recover } from '../engine/recovery/recover.ts';
import { isRescueError, type KnownError, RescueError } from '../model/errors.ts';
import type { RecoveredFolder } from '../model/job-medium.ts';
import type { Receipt } from '../model/receipt.ts';
import type { Planning, StepPlan } from './plan-step.ts';

/** What carrying out a step takes. */
export interface CarryingOut extends Planning {
  /** Opens the place for recovered files. */
  readonly openRecovered: () => Promise<RecoveredFolder>;
}

/** What a step that was carried out leaves behind. */
export type StepOutcome =
  | { readonly kind: 'changed'; readonly applied: Applied }
  | { readonly kind: 'recovered'; readonly receipt: Receipt; readonly place: string };

/** Does what was planned; the job file is the consent. @throws RescueError what apply and recover throw */
export const carryOutStep = async (carrying: CarryingOut, plan: StepPlan): Promise<StepOutcome> => {
  const { context } = carrying;
  if (plan.kind === 'change') {
    const { prepared } = plan;
    return { kind: 'changed', applied: await apply(context, prepared, consentTo(prepared.plan, 'order')) };
  }
  await using target = await carrying.openRecovered();
  const name = recoveredFolderName(plan.volume);
  const recovery = await carrying.openRecovery();
  const to = `${target.folder}/${name}`;
  const inPersonsWords = (error: unknown) => named(error, target);
  const copy = (signal: AbortSignal) => recover(context, recovery, { ...plan.request, to, signal }, () => {});
  const receipt = await context.stoppable(copy).catch((error) => {
    throw inPersonsWords(error);
  });
  if (receipt.summary.stoppedBy) throw inPersonsWords(receipt.summary.stoppedBy);
  return { kind: 'recovered', receipt, place: `${target.place}/${name}` };
};

/** Nobody knows the folder by the path that we reach it by. */
const named = (error: unknown, { folder, place }: RecoveredFolder): unknown => {
  if (!isRescueError(error) || !('path' in error.details) || !error.details.path.startsWith(folder)) return error;
  const details = { ...error.details, path: place + error.details.path.slice(folder.length) };
  return new RescueError(error.code, details as KnownError['details'] as never, { cause: error });
};
