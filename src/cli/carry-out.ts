import { type Applied, apply } from '../engine/apply.ts';
import { consentTo } from '../engine/consent.ts';
import type { Context } from '../engine/context.ts';
import type { PreparedPlan } from '../engine/plan.ts';
import { jsonDocument } from '../formats/json-text.ts';
import { RescueError } from '../model/errors.ts';
import type { Secret } from '../model/secret.ts';
import type { Loss, Terminal } from '../model/terminal.ts';
import type { Text } from '../text/text.ts';
import { runDocument } from './run-json.ts';
import { formatPlan, formatReport } from './run-text.ts';
import type { CommonOptions, Session } from './session.ts';

/**
 * Preview, consent, apply, report: the one way in which the command line changes anything.
 * @param generated a password that Sparekey made up, and prints once it is in place; where nobody takes it, the change is
 *   taken back
 * @throws RescueError consent-missing, password-unseen and what apply throws
 */
export const carryOut = async (
  { context, terminal, text }: Session,
  prepared: PreparedPlan,
  options: CommonOptions,
  generated?: Secret,
): Promise<void> => {
  const printDocument = (document: object) => terminal.print(jsonDocument(document));
  const preview = formatPlan(prepared, text);
  if (options.dryRun) {
    if (options.json) return printDocument(runDocument(prepared, text));
    terminal.print(preview);
    return terminal.tell(text.run.nothingWritten);
  }
  terminal.tell(preview);
  const isConsented = options.yes || (terminal.isInteractive && (await isAgreed(terminal, text, text.run.askConsent)));
  if (!isConsented) throw new RescueError('consent-missing', {});
  const consent = consentTo(prepared.plan, options.yes ? 'order' : 'answer');
  const report = (applied: Applied) => {
    if (options.json) printDocument(runDocument(prepared, text, applied, generated));
    else terminal.print(formatReport(prepared, applied, options.disk ?? [], generated, text));
  };
  if (generated === undefined) report(await apply(context, prepared, consent));
  else
    await apply(context, prepared, consent, async (applied) => {
      report(applied);
      await assertSeen(context, terminal);
    });
};

/** Somebody who reads takes a password at once. */
const seenWithinMs = 1000;

/**
 * Waits until a password that was just printed is taken; where a signal asks to stop, for a moment only.
 * @throws RescueError password-unseen
 */
const assertSeen = (context: Context, terminal: Terminal): Promise<void> =>
  context.stoppable(async (signal) => {
    const stopped = Promise.withResolvers<readonly Loss[]>();
    const giveUp = () =>
      setTimeout(() => stopped.resolve([{ stream: 'stdout', reason: 'ECANCELED' }]), seenWithinMs).unref();
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp);
    const losses = await Promise.race([terminal.settleForGood(), stopped.promise]);
    const loss = losses.find(({ stream }) => stream === 'stdout');
    if (loss) throw new RescueError('password-unseen', { reason: loss.reason });
  });

/** Whether a question was answered with a yes. */
export const isAgreed = async (terminal: Terminal, { run }: Text, question: string): Promise<boolean> =>
  run.yes.includes((await terminal.ask(question))?.trim().toLowerCase() ?? '');
