import { assertWritable } from '../../engine/guard.ts';
import type { PreparedPlan } from '../../engine/plan.ts';
import { preparePlan } from '../../engine/prepare.ts';
import { chooseAccount } from '../../engine/select.ts';
import type { Account } from '../../model/account.ts';
import { isRescueError, RescueError } from '../../model/errors.ts';
import { resetPassword } from '../../operations/reset-password.ts';
import { carryOut, isAgreed } from '../carry-out.ts';
import { defineCommand, type Session } from '../command.ts';
import { obtainPassword, type PasswordSource } from '../new-password.ts';
import { scanAsked } from '../sources.ts';

/** A new password for one account. */
export const resetPasswordCommand = defineCommand({
  syntax: 'reset-password',
  name: 'reset-password',
  options: (parser, words) =>
    parser
      .option('user', { type: 'string', demandOption: true, requiresArg: true, describe: words.user })
      .option('password-file', { type: 'string', requiresArg: true, describe: words['password-file'] })
      .option('generate', { type: 'boolean', describe: words.generate })
      .option('unlock', { type: 'boolean', describe: words.unlock })
      .conflicts('generate', 'password-file'),
  run: async (session, options) => {
    const { context, terminal, text } = session;
    const source = passwordSource(options.generate === true, options.passwordFile);
    // Asked before the disks are looked at: nobody should wait for a refusal.
    if (source.kind === 'prompt' && !terminal.isInteractive) throw new RescueError('no-terminal', {});
    if (source.kind === 'generate' && terminal.isDiscarded && options.dryRun !== true)
      throw new RescueError('password-unseen', { reason: 'discarded' });
    const found = await scanAsked(context, options);
    const { system, account } = chooseAccount(found, { on: options.on, user: options.user }, resetPassword);
    assertWritable(found, system.volume);
    const secret = await obtainPassword(source, account.name, terminal, text, context.randomBytes);
    const prepared = await unlockingIfAgreed(session, account, options.unlock === true, (unlock) =>
      preparePlan(context, found, resetPassword, system, { account, secret, unlock }),
    );
    await carryOut(session, prepared, options, source.kind === 'generate' ? secret : undefined);
  },
});

const passwordSource = (isGenerated: boolean, path: string | undefined): PasswordSource => {
  if (isGenerated) return { kind: 'generate' };
  return path === undefined ? { kind: 'prompt' } : { kind: 'file', path };
};

/** A lock is never lifted silently: it takes --unlock, or a yes to the question. */
const unlockingIfAgreed = async (
  { terminal, text }: Session,
  account: Account,
  unlock: boolean,
  prepare: (unlock: boolean) => Promise<PreparedPlan>,
): Promise<PreparedPlan> => {
  try {
    return await prepare(unlock);
  } catch (error) {
    if (!isRescueError(error) || error.code !== 'account-locked' || !terminal.isInteractive) throw error;
    if (!(await isAgreed(terminal, text, text.run.askUnlock(account.name)))) throw error;
    return await prepare(true);
  }
};
