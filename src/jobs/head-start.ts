import { countChanges } from './changes.ts';
import type { Job } from './job.ts';
import { type Planned, planJob, type Surroundings } from './run-job.ts';

/** Looking and planning, which write nothing, begun before a job may be run. */
export interface HeadStart extends Disposable {
  /** What it came to, as far as it is worth anything: every step has its plan, and no disk came or went since. */
  readonly take: () => Promise<Planned | undefined>;
}

export const startAhead = (surroundings: Surroundings, job: Job): HeadStart => {
  const paths = surroundings.sources.map(({ path }) => path);
  const changes = countChanges((onChange) => surroundings.watchDisks(paths, onChange));
  const silent = { ...surroundings, say: () => {}, signal: () => {} };
  const planning = planJob(silent, job, 0).then(
    (planned) => ({ planned, count: changes.count() }),
    () => undefined,
  );
  return {
    take: async () => {
      const ahead = await planning;
      const isGood =
        ahead?.count === changes.count() && ahead.planned.steps.every(({ status }) => status !== 'refused');
      return isGood ? ahead?.planned : undefined;
    },
    [Symbol.dispose]: () => changes[Symbol.dispose](),
  };
};
