import { planRecovery, type RecoverNews, recover } from '../../engine/recovery/recover.ts';
import { folderTarget, runRecovery } from '../../engine/recovery/run.ts';
import { jsonDocument, jsonLine } from '../../formats/json-text.ts';
import { isComplete } from '../../model/receipt.ts';
import { describeReceipt, formatReceipt, receiptDocument } from '../../text/receipt.ts';
import type { Text } from '../../text/text.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatNews, formatRecoveryPlan } from '../recovery-text.ts';
import { sourcesAsked } from '../sources.ts';
import type { CopyRunner } from './runner.ts';

/** Lines of progress stay apart on a log; on a JSON stream every one counts. */
const newsEveryMs = 5000;
/** On the screen; the receipt beside the files has them all. */
const problemsShown = 20;

/** Copies files out of a volume. */
export const runRecover: CopyRunner<'recover'> = async (
  { context, terminal, text, openRecovery },
  { paths, to, owners, prove },
  options,
) => {
  const recovery = await openRecovery();
  const request = {
    sources: await sourcesAsked(context, options),
    on: options.on,
    paths,
    keepsOwners: owners,
    proves: prove,
  };
  if (options.dryRun) {
    const plan = await context.stoppable((signal) => planRecovery(context, recovery, { ...request, to, signal }));
    terminal.print(options.json ? jsonDocument(plan) : formatRecoveryPlan(plan, text));
    terminal.tell(text.run.nothingWritten);
    return undefined;
  }
  const onNews = teller(terminal.tell, text, options.json === true);
  const receipt = await runRecovery(context, recovery, {
    openTarget: async () => folderTarget(to),
    copy: (target) => recover(context, recovery, { ...request, ...target }, onNews),
    describe: describeReceipt(text, 'cli'),
  });
  if (options.json) terminal.print(jsonDocument(receiptDocument(receipt, text, 'cli')));
  else terminal.print(formatReceipt(receipt, text, 'cli', problemsShown));
  if (isComplete(receipt)) return undefined;
  return receipt.summary.stoppedBy ? exitCodes[receipt.summary.stoppedBy.code] : 1;
};

const teller = (tell: (line: string) => void, text: Text, isJson: boolean) => {
  let toldMs = 0;
  return (news: RecoverNews): void => {
    const nowMs = performance.now();
    if (news.kind !== 'reading' && !isJson && nowMs - toldMs < newsEveryMs) return;
    toldMs = nowMs;
    tell(isJson ? jsonLine(news) : formatNews(news, text));
  };
};
