import { type Applied, apply } from '../engine/apply.ts';
import { consentTo } from '../engine/consent.ts';
import { recover } from '../engine/recovery/recover.ts';
import { type OpenedTarget, runRecovery } from '../engine/recovery/run.ts';
import type { RecoveredFolder } from '../model/job-medium.ts';
import type { Receipt } from '../model/receipt.ts';
import type { Volume } from '../model/storage.ts';
import { describeReceipt } from '../text/receipt.ts';
import type { Text } from '../text/text.ts';
import type { Planning, StepPlan } from './plan-step.ts';

/** What carrying out a step takes. */
export interface CarryingOut extends Planning {
  /** The language of what is left behind. */
  readonly text: Text;
  /** Opens the place for recovered files. */
  readonly openRecovered: () => Promise<RecoveredFolder>;
}

/** What a step that was carried out leaves behind. A copy that was stopped leaves its receipt, too. */
export type StepOutcome =
  | { readonly kind: 'changed'; readonly applied: Applied }
  | { readonly kind: 'recovered'; readonly receipt: Receipt };

/** Does what was planned; the job file is the consent. @throws RescueError what apply and runRecovery throw */
export const carryOutStep = async (carrying: CarryingOut, plan: StepPlan): Promise<StepOutcome> => {
  const { context, openRecovery, openRecovered, text } = carrying;
  if (plan.kind === 'change') {
    const { prepared } = plan;
    return { kind: 'changed', applied: await apply(context, prepared, consentTo(prepared.plan, 'order')) };
  }
  const recovery = await openRecovery();
  const receipt = await runRecovery(context, recovery, {
    openTarget: async () => targetFor(await openRecovered(), plan.volume),
    copy: (target) => recover(context, recovery, { ...plan.request, ...target }, () => {}),
    describe: describeReceipt(text, 'jobs'),
  });
  return { kind: 'recovered', receipt };
};

/** The same volume always goes into the same folder there, so that a second run goes on with what the first one copied. */
const targetFor = (opened: RecoveredFolder, volume: Volume): OpenedTarget => ({
  folder: opened.folder,
  place: opened.place,
  separator: '/',
  ownFolderOf: volume,
  [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
});
