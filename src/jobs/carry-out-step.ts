import { type Applied, apply } from '../engine/apply.ts';
import { consentTo } from '../engine/consent.ts';
import { recoveredFolderName } from '../engine/recovery/folder-name.ts';
import { recover } from '../engine/recovery/recover.ts';
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
  const receipt = await recover(context, recovery, { ...plan.request, to: `${target.folder}/${name}` }, () => {});
  if (receipt.summary.stoppedBy) throw receipt.summary.stoppedBy;
  return { kind: 'recovered', receipt, place: `${target.place}/${name}` };
};
