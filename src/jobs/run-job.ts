import type { Context } from '../engine/context.ts';
import { scan } from '../engine/scan.ts';
import type { Scan } from '../engine/scan-result.ts';
import { type ErrorCode, isRescueError, RescueError } from '../model/errors.ts';
import type { SignalName } from '../model/signals.ts';
import type { DeviceId, Volume } from '../model/storage.ts';
import { errorSentence } from '../text/sentence.ts';
import type { Text } from '../text/text.ts';
import { type CarryingOut, carryOutStep, type StepOutcome } from './carry-out-step.ts';
import { countChanges } from './changes.ts';
import type { Job } from './job.ts';
import { type Assignment, assign, type Planning, planStep, type StepPlan } from './plan-step.ts';
import { planTitle } from './problem.ts';
import type { JobPhase, JobStatus } from './status.ts';
import { addKeysOf } from './unlock.ts';

/** What a job runs in. */
export interface Surroundings extends CarryingOut {
  readonly text: Text;
  readonly say: (line: string) => void;
  readonly signal: (signal: SignalName) => void;
  /** As Station.watchDisks. */
  readonly watchDisks: (sources: readonly string[], onChange: () => void) => Disposable;
}

/** How one step went. */
export interface StepResult extends Assignment {
  readonly status: JobStatus;
  readonly plan?: StepPlan;
  readonly outcome?: StepOutcome;
  readonly error?: unknown;
}

export interface Duration {
  readonly phase: JobPhase;
  readonly ms: number;
}

/** How a run went. */
export interface JobResult {
  readonly status: Exclude<JobStatus, 'not-reached'>;
  readonly steps: readonly StepResult[];
  /** What was found; undefined where it did not come to looking. */
  readonly found?: Scan;
  /** What stopped the run, if it was no step's fault. */
  readonly error?: unknown;
  readonly durations: readonly Duration[];
}

/** A disk that appears later can cure these. */
const curedByWaiting: ReadonlySet<ErrorCode> = new Set([
  'no-match',
  'no-such-account',
  'nothing-to-undo',
  'source-missing',
]);

/** Disks that come and go while they are looked at: after so many tries, what is there counts. */
const mostLooks = 8;

/**
 * Runs a job: looks, waits if it must, plans every step, and only then carries them out. Never throws.
 * @param takeAhead what was planned beforehand, if that still holds
 */
export const runJob = async (
  surroundings: Surroundings,
  job: Job,
  waitSeconds: number,
  takeAhead: () => Promise<Planned | undefined> = async () => undefined,
): Promise<JobResult> => {
  const durations: Duration[] = [];
  const assignments = assignAll(surroundings, job);
  try {
    const ahead = await timed(surroundings.context, durations, 'looking', takeAhead);
    const planned = ahead ?? (await planAll(surroundings, job, assignments, waitSeconds, durations));
    if (planned.steps.some(({ status }) => status === 'refused')) return { status: 'refused', durations, ...planned };
    const { shield, isStopAsked } = surroundings.context;
    // A signal ends the job between two steps: what is under way comes to its end, and the report tells of the rest.
    const steps = await shield(() => carryOut(surroundings, planned.found, planned.steps, durations));
    const done = steps.filter(({ status }) => status === 'done').length;
    const isStopped = isStopAsked() && steps.some(({ status }) => status === 'not-reached');
    const error = isStopped ? new RescueError('job-stopped', { done, steps: steps.length }) : undefined;
    const status = done === steps.length ? 'done' : 'failed';
    return { status, steps, found: planned.found, durations, ...(error && { error }) };
  } catch (error) {
    const steps = assignments.map((assignment): StepResult => ({ ...assignment, status: 'not-reached' }));
    return { status: isRescueError(error) ? 'refused' : 'failed', steps, error, durations };
  }
};

/** What a job would do, without doing it. @throws RescueError what looking at disks throws */
export const planJob = (surroundings: Surroundings, job: Job, waitSeconds: number): Promise<Planned> =>
  planAll(surroundings, job, assignAll(surroundings, job), waitSeconds, []);

const assignAll = ({ context }: Surroundings, { steps }: Job): readonly Assignment[] =>
  steps.map((step) => assign(step, context.randomBytes));

/** What was found, and every step's plan or refusal. */
export interface Planned {
  readonly found: Scan;
  readonly steps: readonly StepResult[];
}

const planAll = async (
  surroundings: Surroundings,
  job: Job,
  assignments: readonly Assignment[],
  waitSeconds: number,
  durations: Duration[],
): Promise<Planned> => {
  const { context, text, sources, say, signal, watchDisks } = surroundings;
  await addKeysOf(job, context, surroundings.readBeside);
  const deadlineMs = context.now() + waitSeconds * 1000;
  using changes = countChanges((onChange) =>
    watchDisks(
      sources.map(({ path }) => path),
      onChange,
    ),
  );
  for (let looks = 1; ; looks++) {
    const countBefore = changes.count();
    signal('working');
    const found = await timed(context, durations, 'looking', () => scan(context, sources));
    const steps = await timed(context, durations, 'planning', () => planSteps(surroundings, found, assignments));
    if (changes.count() !== countBefore && looks < mostLooks) continue;
    const leftMs = deadlineMs - context.now();
    const obstacle = steps.find(({ status }) => status === 'refused')?.error;
    if (obstacle === undefined || leftMs <= 0 || !steps.every(isCuredByWaiting)) return { found, steps };
    signal('waiting');
    if (isRescueError(obstacle))
      say(text.jobs.waitingForDisk(Math.ceil(leftMs / 1000), errorSentence(text.errors, obstacle)));
    await timed(context, durations, 'waiting', () => changes.next(leftMs));
  }
};

const isCuredByWaiting = ({ status, error }: StepResult): boolean =>
  status !== 'refused' || (isRescueError(error) && curedByWaiting.has(error.code));

/** Every step's plan or refusal; the refusals of all are told at once. */
const planSteps = async (
  planning: Planning,
  found: Scan,
  assignments: readonly Assignment[],
): Promise<readonly StepResult[]> => {
  const results: StepResult[] = [];
  for (const assignment of assignments) {
    try {
      results.push({ ...assignment, status: 'not-reached', plan: await planStep(planning, found, assignment) });
    } catch (error) {
      results.push({ ...assignment, status: 'refused', error });
    }
  }
  return results;
};

const carryOut = async (
  surroundings: Surroundings,
  found: Scan,
  planned: readonly StepResult[],
  durations: Duration[],
): Promise<readonly StepResult[]> => {
  const { context, text, say, signal } = surroundings;
  signal('working');
  const results: StepResult[] = [];
  const changed = new Set<DeviceId>();
  for (const [index, result] of planned.entries()) {
    const { plan: first } = result;
    if (first === undefined || context.isStopAsked() || results.some(({ status }) => status === 'failed')) {
      results.push(result);
      continue;
    }
    say(text.jobs.stepBegun(index + 1, planned.length, planTitle(result.step, first, text)));
    const carry = async (): Promise<StepResult> => {
      try {
        // What an earlier step wrote to the same volume, this one has to start from.
        const isStale = changed.has(volumeOf(first).id);
        const planned = isStale ? await planStep(surroundings, found, result) : first;
        const { plan, outcome } = await carryOutOrPlanAnew(surroundings, found, result, planned);
        if (outcome.kind === 'changed') changed.add(volumeOf(plan).id);
        const error = outcome.kind === 'recovered' ? outcome.receipt.summary.stoppedBy : undefined;
        return { ...result, status: error ? 'failed' : 'done', plan, outcome, ...(error && { error }) };
      } catch (error) {
        return { ...result, status: 'failed', error };
      }
    };
    results.push(await timed(context, durations, 'step', carry));
  }
  return results;
};

/**
 * Carries out a step. A volume that was not unmounted has its last writes in its journal, and only opening it for writing
 * plays them back: where a file was among them nothing is changed, and the step is planned anew on what is there now.
 */
const carryOutOrPlanAnew = async (
  surroundings: Surroundings,
  found: Scan,
  assignment: Assignment,
  planned: StepPlan,
): Promise<{ readonly plan: StepPlan; readonly outcome: StepOutcome }> => {
  try {
    return { plan: planned, outcome: await carryOutStep(surroundings, planned) };
  } catch (error) {
    if (!isRescueError(error) || error.code !== 'plan-stale') throw error;
    const plan = await planStep(surroundings, found, assignment);
    return { plan, outcome: await carryOutStep(surroundings, plan) };
  }
};

const volumeOf = (plan: StepPlan): Volume => (plan.kind === 'change' ? plan.prepared.volume : plan.volume);

const timed = async <T>(
  { now }: Context,
  durations: Duration[],
  phase: JobPhase,
  action: () => Promise<T>,
): Promise<T> => {
  const begunMs = now();
  try {
    return await action();
  } finally {
    durations.push({ phase, ms: now() - begunMs });
  }
};
