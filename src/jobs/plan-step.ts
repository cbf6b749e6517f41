import type { Context } from '../engine/context.ts';
import type { PreparedPlan } from '../engine/plan.ts';
import { preparePlan } from '../engine/prepare.ts';
import type { RecoverRequest } from '../engine/recovery/recover.ts';
import { openSource } from '../engine/recovery/source.ts';
import type { Scan } from '../engine/scan-result.ts';
import { chooseAccount, narrowScan } from '../engine/select.ts';
import { chooseJournal, planUndo } from '../engine/undo.ts';
import { generatePassword } from '../formats/generated-password.ts';
import type { AuthorizeKeyStep, JobStep, RecoverStep, ResetPasswordStep, UndoStep } from '../model/job.ts';
import type { Recovery } from '../model/recovery.ts';
import { type NewPassword, Secret } from '../model/secret.ts';
import type { Source, Volume } from '../model/storage.ts';
import { authorizeKey } from '../operations/authorize-key.ts';
import { resetPassword } from '../operations/reset-password.ts';

/** What planning a step takes. */
export interface Planning {
  readonly context: Context;
  /** Where to look; everywhere, if none is named. */
  readonly sources: readonly Source[];
  readonly openRecovery: () => Promise<Recovery>;
}

/** A step of a job, and the password that was made up for it if it asked for that: the same however often it is planned. */
export interface Assignment {
  readonly step: JobStep;
  readonly generated?: Secret;
}

/** What a step would do: change a volume, or copy something out of one. */
export type StepPlan =
  | { readonly kind: 'change'; readonly prepared: PreparedPlan }
  | { readonly kind: 'recover'; readonly request: Omit<RecoverRequest, 'to'>; readonly volume: Volume };

export const assign = (step: JobStep, randomBytes: Context['randomBytes']): Assignment =>
  step.task === 'reset-password' && step.password === 'generate'
    ? { step, generated: new Secret(generatePassword(randomBytes)) }
    : { step };

/** The plan of one step on what was found. @throws RescueError what selecting and planning throw */
export const planStep = async (planning: Planning, found: Scan, { step, generated }: Assignment): Promise<StepPlan> => {
  switch (step.task) {
    case 'reset-password':
      return { kind: 'change', prepared: await planReset(planning, found, step, generated) };
    case 'authorize-key':
      return { kind: 'change', prepared: await planKey(planning, found, step) };
    case 'undo':
      return { kind: 'change', prepared: await planUndoing(planning, found, step) };
    case 'recover':
      return await planRecovery(planning, step);
  }
};

const planReset = async (
  { context }: Planning,
  found: Scan,
  { on, user, password, unlock }: ResetPasswordStep,
  generated: Secret | undefined,
): Promise<PreparedPlan> => {
  const { system, account } = chooseAccount(found, { on, user }, resetPassword);
  const secret = passwordOf(password, generated);
  return await preparePlan(context, found, resetPassword, system, { account, secret, unlock });
};

const planKey = ({ context }: Planning, found: Scan, { on, user, key }: AuthorizeKeyStep): Promise<PreparedPlan> => {
  const { system, account } = chooseAccount(found, { on, user }, authorizeKey);
  return preparePlan(context, found, authorizeKey, system, { account, key });
};

const passwordOf = (password: NewPassword | 'generate', generated: Secret | undefined): NewPassword => {
  if (password !== 'generate') return password;
  if (generated === undefined) throw new Error('no password was made up for this step');
  return generated;
};

const planUndoing = ({ context }: Planning, found: Scan, { on, id, force }: UndoStep): Promise<PreparedPlan> =>
  planUndo(context, found, chooseJournal(narrowScan(found, on), id), { force });

/** Opens what is to be copied, to see that it is there. */
const planRecovery = async (
  { context, sources, openRecovery }: Planning,
  { on, paths }: RecoverStep,
): Promise<StepPlan> => {
  const request = { sources, on, paths, keepsOwners: false, proves: false };
  await using source = await openSource(context, await openRecovery(), request);
  return { kind: 'recover', request: { ...request, on: source.volume.selector }, volume: source.volume };
};
