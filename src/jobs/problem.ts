import type { ErrorCode } from '../model/errors.ts';
import { describeError } from '../text/describe-error.ts';
import { purposeSentence } from '../text/sentence.ts';
import type { Text } from '../text/text.ts';
import type { JobStep } from './job.ts';
import type { StepPlan } from './plan-step.ts';

/** Why something did not go, for a report. */
export interface Problem {
  readonly code: ErrorCode | 'bug';
  readonly message: string;
}

export const describeProblem = (thrown: unknown, text: Text): Problem => {
  const { code, lines } = describeError(thrown, text, 'jobs');
  return { code, message: lines.join('\n') };
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
