import { isRescueError, RescueError } from '../model/errors.ts';
import type { JobMedium } from '../model/job-medium.ts';
import type { Text } from '../text/text.ts';
import { marksOfRunJob } from './file/job-file.ts';
import { interpretJob } from './interpret.ts';
import { formatReports, reportNames } from './report.ts';
import type { ReportFacts } from './report-facts.ts';
import { type JobResult, runJob, type Surroundings } from './run-job.ts';

/** A run that ended, and what became of its report. */
export interface Reported {
  readonly facts: ReportFacts;
  /** The job's language. */
  readonly text: Text;
  /** Why there is no report, or why the job file could not be struck out. */
  readonly error?: unknown;
}

const names = Object.values(reportNames);

/** Reads a job from its folder, runs it, and leaves the reports and the struck-out job there. */
export const runAndReport = async (
  surroundings: Surroundings,
  medium: JobMedium,
  version: string,
): Promise<Reported> => {
  const beganAtMs = surroundings.context.now();
  const { content, job, marks, text, error } = interpretJob(await medium.readJob(), surroundings.text);
  const spent = marksOfRunJob(content);
  if (spent) {
    // An earlier run was cut off between its report and its last stroke: that report stands.
    const facts = { version, jobName: medium.jobName, beganAtMs, result: refusal(error) };
    return { facts, text, ...(await attempt(() => medium.retire(content, spent))) };
  }
  const base = { version, jobName: medium.jobName, beganAtMs, ...(job && { job }) };
  const unready = await attempt(() => medium.reserve(names));
  if (unready.error !== undefined || !job || !marks) {
    const facts = { ...base, result: refusal(error ?? unready.error) };
    return { facts, text, ...unready, ...(await attempt(() => medium.writeFiles(formatReports(facts, text)))) };
  }
  const result = await runJob({ ...surroundings, text }, job, job.waitSeconds ?? 0);
  const facts = { ...base, result, ...(isRun(result) && { retiredAs: medium.retiredName }) };
  // The reports first: a job that is struck out without one would take a made-up password with it.
  const deliver = async () => {
    await medium.writeFiles(formatReports(facts, text));
    if (isRun(result)) await medium.retire(content, marks);
  };
  const { error: undelivered } = await attempt(() => surroundings.context.shield(deliver));
  return { facts, text, ...(undelivered !== undefined && { error: unwritten(result, medium, undelivered) }) };
};

/** What cannot be written after the run is another matter than what could not be before it. */
const unwritten = (result: JobResult, { place }: JobMedium, cause: unknown): unknown => {
  if (!isRun(result) || !isRescueError(cause) || cause.code !== 'medium-unwritable') return cause;
  return new RescueError('report-unwritten', { path: place, reason: cause.details.reason }, { cause });
};

/** A job that was refused has changed nothing: it stays as it is, to be corrected. */
export const isRun = ({ status }: JobResult): boolean => status !== 'refused';

/** A run that did not come to looking at the disks. */
export const refusal = (error: unknown): JobResult => ({ status: 'refused', steps: [], error, durations: [] });

/** What an action threw, as a value. */
export const attempt = async (action: () => Promise<void>): Promise<{ readonly error?: unknown }> => {
  try {
    await action();
    return {};
  } catch (error) {
    return { error };
  }
};
