import { foundDocument } from '../engine/scan-document.ts';
import type { Receipt } from '../model/receipt.ts';
import { doorDocument } from '../text/doors.ts';
import { noticeSentence } from '../text/sentence.ts';
import type { Text } from '../text/text.ts';
import { describeProblem, stepTitle } from './problem.ts';
import type { ReportFacts } from './report-facts.ts';
import type { StepResult } from './run-job.ts';

/** The report for programs; part of the stable interface. */
export const formatJsonReport = (facts: ReportFacts, text: Text): object => {
  const { version, jobName, job, result, beganAtMs, retiredAs, bootLog } = facts;
  return {
    version: 1,
    sparekey: version,
    status: result.status,
    job: { file: jobName, name: job?.name, retiredAs },
    begunAt: new Date(beganAtMs).toISOString(),
    steps: result.steps.map((step) => stepDocument(step, text)),
    ...(result.error !== undefined && { error: describeProblem(result.error, text) }),
    ...(result.found && {
      found: {
        ...foundDocument(result.found),
        warnings: result.found.notices.map((notice) => ({
          code: notice.code,
          message: noticeSentence(text.notices, notice),
        })),
      },
    }),
    durations: result.durations.map(({ phase, ms }) => ({ phase, seconds: Math.round(ms) / 1000 })),
    bootLog,
  };
};

const stepDocument = (result: StepResult, text: Text): object => {
  const { step, status, plan, outcome, generated, error } = result;
  const prepared = plan?.kind === 'change' ? plan.prepared : undefined;
  const applied = outcome?.kind === 'changed' ? outcome.applied : undefined;
  return {
    line: step.line,
    task: step.task,
    title: stepTitle(step, text),
    status,
    ...(prepared && {
      volume: { id: prepared.volume.id, selector: prepared.volume.selector },
      warnings: prepared.plan.warnings.map((notice) => ({
        code: notice.code,
        message: noticeSentence(text.notices, notice),
      })),
    }),
    ...(applied && { undo: applied.journalId }),
    ...(applied?.doors && { doors: applied.doors.map(doorDocument(text)) }),
    ...(outcome?.kind === 'recovered' && {
      recovered: recoveredDocument(outcome.receipt),
    }),
    ...(applied && generated && { generatedPassword: generated.reveal() }),
    ...(error !== undefined && { error: describeProblem(error, text) }),
  };
};

/** Why it ended early stands in the step's error. */
const recoveredDocument = ({ to, reading, proof, summary: { stoppedBy: _, ...summary } }: Receipt): object => ({
  to,
  reading,
  ...summary,
  ...(proof && { proof }),
});
