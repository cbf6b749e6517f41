import { apply } from '../engine/apply.ts';
import { consentTo } from '../engine/consent.ts';
import type { Context } from '../engine/context.ts';
import { assertWritable } from '../engine/guard.ts';
import type { PreparedPlan } from '../engine/plan.ts';
import { preparePlan } from '../engine/prepare.ts';
import { scan } from '../engine/scan.ts';
import { chooseAccount, narrowScan } from '../engine/select.ts';
import { chooseJournal, planUndo } from '../engine/undo.ts';
import type { Account } from '../model/account.ts';
import { isRescueError, RescueError } from '../model/errors.ts';
import type { Secret } from '../model/secret.ts';
import type { Terminal } from '../model/terminal.ts';
import { resetPassword } from '../tasks/reset-password.ts';
import type { Text } from '../text/text.ts';
import { obtainPassword } from './new-password.ts';
import type { CommonOptions, Request } from './request.ts';
import { runDocument } from './run-json.ts';
import { formatPlan } from './run-text.ts';
import { scanDocument } from './scan-json.ts';
import { formatScan } from './scan-text.ts';

/** What a command works with. */
export interface Session {
  readonly context: Context;
  readonly terminal: Terminal;
  readonly text: Text;
}

type Asked<C extends Request['command']> = Extract<Request, { command: C }>;

/** `sparekey scan` */
export const runScan = async ({ context, terminal, text }: Session, asked: Asked<'scan'>): Promise<void> => {
  const found = narrowScan(await scanAsked(context, asked), asked.on);
  if (asked.json) terminal.print(JSON.stringify(scanDocument(found, text), undefined, 2));
  else terminal.print(formatScan(found, text, asked.color && terminal.hasColor));
};

/** `sparekey reset-password` */
export const runResetPassword = async (session: Session, asked: Asked<'reset-password'>): Promise<void> => {
  const { context, terminal, text } = session;
  // Asked before the disks are looked at: nobody should wait for a refusal.
  if (asked.password.kind === 'prompt' && !terminal.isInteractive) throw new RescueError('no-terminal', {});
  const found = await scanAsked(context, asked);
  const target = chooseAccount(found, { on: asked.on, user: asked.user }, resetPassword.needs);
  assertWritable(found, target.system.volume);
  const secret = await obtainPassword(asked.password, target.account.name, terminal, text, context.randomBytes);
  const { system, account } = target;
  const prepared = await unlockingIfAgreed(session, account, asked.unlock, (unlock) =>
    preparePlan(context, found, resetPassword, system, { account, secret, unlock }),
  );
  await finish(session, prepared, asked, asked.password.kind === 'generate' ? secret : undefined);
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

/** `sparekey undo` */
export const runUndo = async (session: Session, asked: Asked<'undo'>): Promise<void> => {
  const { context } = session;
  const found = narrowScan(await scanAsked(context, asked), asked.on);
  const record = chooseJournal(found, asked.id);
  await finish(session, await planUndo(context, found, record, { force: asked.force }), asked, undefined);
};

const scanAsked = async (context: Context, { disk }: CommonOptions) => {
  const sources = await Promise.all(disk.map((path) => context.storage.identify(path)));
  return await scan(context, sources);
};

/** Preview, consent, apply, report: the one way in which anything is changed. */
const finish = async (
  { context, terminal, text }: Session,
  prepared: PreparedPlan,
  asked: CommonOptions,
  generated: Secret | undefined,
): Promise<void> => {
  const { run } = text;
  const preview = formatPlan(prepared, text);
  if (asked.dryRun) {
    terminal.print(
      asked.json ? JSON.stringify(runDocument(prepared, undefined, undefined, text), undefined, 2) : preview,
    );
    if (!asked.json) terminal.tell(run.nothingWritten);
    return;
  }
  terminal.tell(preview);
  const isConsented = asked.yes || (terminal.isInteractive && (await isAgreed(terminal, text, run.askConsent)));
  if (!isConsented) throw new RescueError('consent-missing', {});
  const applied = await apply(context, prepared, consentTo(prepared.plan, asked.yes ? 'order' : 'answer'));
  if (asked.json) {
    terminal.print(JSON.stringify(runDocument(prepared, applied, generated?.reveal(), text), undefined, 2));
    return;
  }
  const report = [run.done, run.verified[prepared.plan.purpose.task], run.howToUndo(applied.journalId), run.nextStep];
  if (generated) report.unshift(run.generated(generated.reveal()));
  terminal.print(report.join('\n'));
};

const isAgreed = async (terminal: Terminal, { run }: Text, question: string): Promise<boolean> =>
  run.yes.includes((await terminal.ask(question))?.trim().toLowerCase() ?? '');
