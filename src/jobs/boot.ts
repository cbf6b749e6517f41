import type { Context } from '../engine/context.ts';
import type { Emit, EngineEvent } from '../engine/events.ts';
import { RescueError } from '../model/errors.ts';
import type { BootMedium, Bystanders } from '../model/job-medium.ts';
import type { Recovery } from '../model/recovery.ts';
import type { Station } from '../model/station.ts';
import type { Text } from '../text/text.ts';
import { readAllBeside } from './beside.ts';
import { countChanges } from './changes.ts';
import { marksOfRunJob } from './file/job-file.ts';
import { type HeadStart, startAhead } from './head-start.ts';
import { interpretJob, type ReadJob } from './interpret.ts';
import type { Job } from './job.ts';
import { describeProblem } from './problem.ts';
import { formatReports, reportNames } from './report.ts';
import type { ReportFacts } from './report-facts.ts';
import { formatTextReport } from './report-text.ts';
import { attempt, isRun, refusal } from './run-and-report.ts';
import { type Duration, type JobResult, runJob, type Surroundings } from './run-job.ts';
import { leaveOnVolume, swapIn, swapOut } from './swap.ts';
import { until } from './until.ts';

/** A machine that was started from our medium, with a job on it. */
export interface Boot {
  readonly medium: BootMedium;
  readonly bystanders: Bystanders;
  readonly station: Station;
  readonly version: string;
  /** The language of a job that names none. */
  readonly text: Text;
  readonly createContext: (emit: Emit) => Context;
  readonly openRecovery: () => Promise<Recovery>;
  readonly describeEvent: (event: EngineEvent, text: Text) => string | undefined;
}

const countdownSeconds = 10;
/** Disks that take long to appear make a job that fits two of them look as if it fitted one. */
const quietMs = 3000;
const quietAtMostMs = 20_000;
const waitSecondsUnlessTold = 30;
const returnsWithinMs = 20_000;
const bootLogName = 'sparekey-boot.log';

/** How long a signal is shown before the machine is switched off: somebody may be looking at the lamp. */
const showMs = { done: 5000, refused: 60_000, failed: 60_000 } as const;

/** Where a boot with a job leads: to the text UI, on the console where a key was pressed, or nowhere any more. */
export type Onward = { readonly to: 'menu'; readonly console?: string } | { readonly to: 'leaving' };

/** Runs the job of the boot medium, unless a key is pressed, and leaves the machine as it says. */
export const runBootJob = async (boot: Boot): Promise<Onward> => {
  const beganAtMs = Date.now();
  const { medium, bystanders, station, version } = boot;
  const { signals, say } = bystanders;
  const startUp: Duration = { phase: 'start-up', ms: bystanders.uptimeMs() };
  const read = interpretJob(await medium.readJob(), boot.text);
  const spent = marksOfRunJob(read.content);
  if (spent) {
    // The power went between the last run's report and its last stroke: finish that, and show the menu.
    await attempt(() => medium.retire(read.content, spent));
    return { to: 'menu' };
  }
  const { text, job } = read;
  const context = boot.createContext((event) => {
    const line = boot.describeEvent(event, text);
    if (line !== undefined) say(line);
  });
  const facts = { version, jobName: medium.jobName, beganAtMs, ...(job && { job }) };
  const durations = [startUp];
  const surroundings: Surroundings = {
    context,
    text,
    say,
    sources: [],
    signal: signals.show,
    watchDisks: station.watchDisks,
    openRecovery: boot.openRecovery,
    openRecovered: medium.openRecovered,
    readBeside: job ? await readAllBeside(job, medium) : medium.readBeside,
  };
  using ahead = job && !job.isSwap ? startAhead(surroundings, job) : undefined;
  const key = job && (await countDown(boot, read, context, durations));
  if (key !== undefined) return { to: 'menu', console: key };
  const result = job ? await run(boot, surroundings, { ...read, job }, durations, ahead) : refusal(read.error);
  const final = { ...facts, result: { ...result, durations: [...durations, ...result.durations] } };
  const reportPlace = await report(boot, read, context, final);
  for (const line of outcomeLines(result, text)) say(line);
  say(reportPlace === undefined ? text.jobs.reportNowhere : text.jobs.reportAt(reportPlace));
  if (reportPlace === undefined) say(formatTextReport(final, text));
  signals.show(result.status);
  return await leave(station, bystanders, text, job?.ending ?? 'stay', result);
};

/** Ten seconds in which any key leads to the menu; meanwhile the disks appear. */
const countDown = async (
  { bystanders, medium, station }: Boot,
  { text, job }: ReadJob,
  { now }: Context,
  durations: Duration[],
): Promise<string | undefined> => {
  const begunMs = now();
  bystanders.signals.show('waiting');
  using changes = countChanges((onChange) => station.watchDisks([], onChange));
  for (let left = countdownSeconds; left > 0; left--) {
    bystanders.sayOver(text.jobs.countdown(job?.name ?? medium.jobName, left));
    const key = await keyWithin(bystanders, 1000);
    if (key === undefined) continue;
    bystanders.say(text.jobs.countdownStopped);
    return key;
  }
  durations.push({ phase: 'countdown', ms: now() - begunMs });
  const quietBegunMs = now();
  if (changes.count() > 0) await changes.quiet(quietMs, quietAtMostMs);
  durations.push({ phase: 'waiting', ms: now() - quietBegunMs });
  return undefined;
};

/** The console on which a key is pressed within so many milliseconds. */
const keyWithin = async ({ keyPressed }: Bystanders, ms: number): Promise<string | undefined> => {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), ms);
  const key = await Promise.race([keyPressed, late.promise]);
  clearTimeout(timer);
  return key;
};

/** The run itself, between two exchanges of cards if the job says so. */
const run = async (
  boot: Boot,
  surroundings: Surroundings,
  { text, job, content }: ReadJob & { readonly job: Job },
  durations: Duration[],
  ahead: HeadStart | undefined,
): Promise<JobResult> => {
  const { medium } = boot;
  const { now } = surroundings.context;
  surroundings.say(text.jobs.begun(job.name ?? medium.jobName));
  surroundings.signal('working');
  // A second medium that looks like ours may have appeared, or somebody else's in its place. One that lost its grip on
  // the port comes back.
  if (!(await until(() => medium.holds(content), now() + returnsWithinMs, now)))
    return refusal(new RescueError('job-unreadable', { path: medium.place, reason: 'gone, or another one beside it' }));
  const unready = await attempt(() => medium.reserve(Object.values(reportNames)));
  if (unready.error !== undefined) return refusal(unready.error);
  if (!job.isSwap) return await runJob(surroundings, job, job.waitSeconds ?? waitSecondsUnlessTold, ahead?.take);
  const seconds = await swapOut(boot, surroundings.context, text, job, durations);
  return await runJob(surroundings, job, seconds);
};

/**
 * Leaves the reports on the medium; where cards were exchanged, once it is back, or else on the volume that was
 * changed. Resolves to the place where they are.
 */
const report = async (
  boot: Boot,
  { text, content, marks, job }: ReadJob,
  context: Context,
  facts: ReportFacts,
): Promise<string | undefined> => {
  const { medium, bystanders } = boot;
  if (job?.isSwap && !(await swapIn(boot, context, text, job, content)))
    return await leaveOnVolume(context, facts.result, formatReports(facts, text));
  const whole = { ...facts, ...(isRun(facts.result) && { retiredAs: medium.retiredName }) };
  const deliver = async () => {
    await medium.writeFiles(formatReports(whole, text));
    await keepBootLog(boot, whole, text);
    if (isRun(whole.result) && marks) await medium.retire(content, marks);
  };
  const { error } = await attempt(() => context.shield(deliver));
  if (error === undefined) return `${medium.place}: ${reportNames.text}`;
  bystanders.say(describeProblem(error, text).message);
  return undefined;
};

/** The kernel's log beside the report, when something went wrong and there is room for it. */
const keepBootLog = async ({ bystanders, medium }: Boot, facts: ReportFacts, text: Text): Promise<void> => {
  const log = facts.result.status === 'done' ? undefined : await bystanders.bootLog();
  if (!log) return;
  const { error } = await attempt(() => medium.writeFiles(new Map([[bootLogName, log]])));
  if (error === undefined) await medium.writeFiles(formatReports({ ...facts, bootLog: bootLogName }, text));
};

const outcomeLines = ({ status, error, steps }: JobResult, text: Text): readonly string[] => {
  const errors = [error, ...steps.map((step) => step.error)].filter((each) => each !== undefined);
  const lines = errors.map((each) => describeProblem(each, text).message);
  return [...lines, `Sparekey: ${status} — ${text.jobs.report.results[status]}`];
};

/** Shows how it went for a while, and leaves the machine as the job says; a key leads to the menu in any case. */
const leave = async (
  station: Station,
  bystanders: Bystanders,
  { jobs }: Text,
  ending: Job['ending'],
  { status }: JobResult,
): Promise<Onward> => {
  bystanders.say(`${jobs.leaving[ending]} ${jobs.keyForMenu}`);
  const key = await (ending === 'stay' ? bystanders.keyPressed : keyWithin(bystanders, showMs[status]));
  if (key !== undefined) return { to: 'menu', console: key };
  // A job that was refused is still there: restarting would only refuse it again, and again.
  const isFinal = ending === 'poweroff' || status === 'refused';
  await (isFinal ? station.powerOff() : station.restart());
  return { to: 'leaving' };
};
