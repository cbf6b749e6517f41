import type { Context } from '../engine/context.ts';
import type { BootMedium, Bystanders } from '../model/job-medium.ts';
import type { Text } from '../text/text.ts';
import type { Job } from './job.ts';
import { attempt } from './run-and-report.ts';
import type { Duration, JobResult } from './run-job.ts';
import { until } from './until.ts';

/** Who takes part in exchanging cards. */
export interface Swap {
  readonly medium: BootMedium;
  readonly bystanders: Bystanders;
}

const secondsUnlessTold = 300;

/**
 * Asks for the rescue card to be taken out, and waits until it is.
 * @returns the seconds that are left for the other card to be put in
 */
export const swapOut = async (
  { medium, bystanders }: Swap,
  { now }: Context,
  { jobs }: Text,
  { waitSeconds = secondsUnlessTold }: Job,
  durations: Duration[],
): Promise<number> => {
  const begunMs = now();
  const deadlineMs = begunMs + waitSeconds * 1000;
  bystanders.signals.show('swap');
  bystanders.say(jobs.swapNow(waitSeconds));
  await until(async () => !(await medium.isPresent()), deadlineMs, now);
  durations.push({ phase: 'swapping', ms: now() - begunMs });
  return Math.max(0, Math.ceil((deadlineMs - now()) / 1000));
};

/** Asks for the rescue card to be put back, and waits until it is; false if it does not come. */
export const swapIn = async (
  { medium, bystanders }: Swap,
  { now }: Context,
  { jobs }: Text,
  { waitSeconds = secondsUnlessTold }: Job,
  content: Uint8Array,
): Promise<boolean> => {
  const deadlineMs = now() + waitSeconds * 1000;
  bystanders.signals.show('swap');
  bystanders.say(jobs.swapBack(waitSeconds));
  return await until(() => medium.holds(content), deadlineMs, now);
};

/** The card did not come back: the reports go beside the journal of the last change, where only root can read them. */
export const leaveOnVolume = async (
  { storage }: Context,
  { steps }: JobResult,
  reports: ReadonlyMap<string, Uint8Array>,
): Promise<string | undefined> => {
  const { plan, outcome } = steps.findLast((step) => step.outcome?.kind === 'changed') ?? {};
  if (plan?.kind !== 'change' || outcome?.kind !== 'changed') return undefined;
  const { volume } = plan.prepared;
  const { journalFolder } = outcome.applied;
  const { error } = await attempt(async () => {
    await using _lock = await storage.lock(volume, () => {});
    await using lease = await storage.lease(volume);
    for (const [name, content] of reports) await lease.tree.createFile(`${journalFolder}/${name}`, content);
  });
  return error === undefined ? `${volume.selector}: ${journalFolder}` : undefined;
};
