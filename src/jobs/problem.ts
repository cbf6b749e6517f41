import { showable } from '../formats/bytes.ts';
import { type ErrorCode, firstFailure, isRescueError, toolOutput } from '../model/errors.ts';
import type { JobWords } from '../text/jobs-words.ts';
import { errorSentence, purposeSentence } from '../text/sentence.ts';
import type { Text } from '../text/text.ts';
import type { JobStep } from './job.ts';
import type { StepPlan } from './plan-step.ts';

/** Why something did not go, for a report. */
export interface Problem {
  readonly code: ErrorCode | 'bug';
  readonly message: string;
}

/** Which key of a job would have made the difference. */
const hints: Partial<Record<ErrorCode, keyof JobWords['hint']>> = {
  'several-match': 'on',
  'several-to-undo': 'id',
  'account-locked': 'unlock',
  'changed-since': 'force',
};

export const describeProblem = (thrown: unknown, text: Text): Problem => {
  const error = firstFailure(thrown);
  if (!isRescueError(error)) {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { code: 'bug', message: `${text.bug}\n${showable(trace).replaceAll('\\x0a', '\n')}` };
  }
  const hint = hints[error.code];
  const sentence = errorSentence(text.errors, error);
  const advice = hint ? `${sentence} ${text.jobs.hint[hint]}` : sentence;
  const output = showable(toolOutput(error)).replaceAll('\\x0a', '\n  ');
  return { code: error.code, message: output === '' ? advice : `${advice}\n${text.run.details}: ${output}` };
};

/** What a step was to do, as the job file has it. */
export const stepTitle = (step: JobStep, { operations }: Text): string =>
  operations[step.task].step(subjectOf(step), step.on);

/** Whom or what a step is about. */
const subjectOf = (step: JobStep): string => {
  if ('user' in step) return step.user;
  return 'paths' in step ? step.paths.join(', ') : (step.id ?? '');
};

/** The same once it is known where. */
export const planTitle = (step: JobStep, plan: StepPlan, text: Text): string =>
  plan.kind === 'change'
    ? purposeSentence(text, plan.prepared.plan.purpose)
    : stepTitle({ ...step, on: plan.volume.selector }, text);
