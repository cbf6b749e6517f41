import type { Context } from '../engine/context.ts';
import type { PreparedPlan } from '../engine/plan.ts';
import { preparePlan } from '../engine/prepare.ts';
import type { Scan } from '../engine/scan.ts';
import { chooseAccount, narrowScan } from '../engine/select.ts';
import { chooseJournal, planUndo } from '../engine/undo.ts';
import { generatePassword } from '../formats/generated-password.ts';
import type { JobStep } from '../model/job.ts';
import { type NewPassword, Secret } from '../model/secret.ts';
import { resetPassword } from '../tasks/reset-password.ts';

/** A step of a job, and the password that was made up for it if it asked for that: the same however often it is planned. */
export interface Assignment {
  readonly step: JobStep;
  readonly generated?: Secret;
}

export const assign = (step: JobStep, randomBytes: Context['randomBytes']): Assignment =>
  step.task === 'reset-password' && step.password === 'generate'
    ? { step, generated: new Secret(generatePassword(randomBytes)) }
    : { step };

/** The plan of one step on what was found. @throws RescueError what selecting and planning throw */
export const planStep = async (context: Context, found: Scan, assignment: Assignment): Promise<PreparedPlan> => {
  const { step, generated } = assignment;
  if (step.task === 'undo') {
    const record = chooseJournal(narrowScan(found, step.on), step.id);
    return await planUndo(context, found, record, { force: step.force });
  }
  const { system, account } = chooseAccount(found, { on: step.on, user: step.user }, resetPassword.needs);
  const secret = passwordOf(step.password, generated);
  return await preparePlan(context, found, resetPassword, system, { account, secret, unlock: step.unlock });
};

const passwordOf = (password: NewPassword | 'generate', generated: Secret | undefined): NewPassword => {
  if (password !== 'generate') return password;
  if (generated === undefined) throw new Error('no password was made up for this step');
  return generated;
};
