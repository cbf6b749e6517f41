import type { Accepted, JobProblem, JobProblemKind } from '../model/job.ts';
import type { SignalName } from '../model/signals.ts';

/** How a run, or one of its steps, ended. */
export type JobStatus = 'done' | 'refused' | 'failed' | 'not-reached';

/** The parts of a run whose duration the report tells. */
export type JobPhase = 'start-up' | 'countdown' | 'waiting' | 'looking' | 'planning' | 'step' | 'swapping';

/** Words around runs without a keyboard: what is wrong with a job file, the countdown, and the report. */
export interface JobWords {
  readonly problems: Readonly<Record<JobProblemKind, (problem: JobProblem) => string>>;
  /** "line 3, column 5: …" */
  readonly at: (problem: JobProblem, sentence: string) => string;
  readonly accepted: (accepted: Accepted) => string;
  readonly signals: Readonly<Record<SignalName, string>>;
  readonly countdown: (job: string, seconds: number) => string;
  readonly countdownStopped: string;
  readonly begun: (job: string) => string;
  readonly stepBegun: (step: number, of: number, title: string) => string;
  readonly waitingForDisk: (seconds: number, reason: string) => string;
  readonly swapNow: (seconds: number) => string;
  readonly swapBack: (seconds: number) => string;
  readonly reportAt: (place: string) => string;
  readonly reportNowhere: string;
  readonly leaving: Readonly<Record<'poweroff' | 'reboot' | 'stay', string>>;
  readonly keyForMenu: string;
  readonly notOurMachine: string;
  readonly noOnHere: string;
  readonly hint: Readonly<Record<'on' | 'unlock' | 'force' | 'id', string>>;
  readonly report: {
    readonly title: string;
    readonly job: string;
    readonly noName: string;
    readonly begun: string;
    readonly clock: string;
    readonly result: string;
    readonly results: Readonly<Record<JobStatus, string>>;
    readonly line: (line: number) => string;
    readonly generated: (user: string, password: string) => string;
    readonly deleteThis: string;
    readonly jobKept: string;
    readonly jobStruckOut: (name: string) => string;
    readonly found: string;
    readonly nothingFound: string;
    readonly notLooked: string;
    readonly accounts: string;
    readonly durations: string;
    readonly phases: Readonly<Record<JobPhase, string>>;
    readonly seconds: (seconds: string) => string;
    readonly total: string;
    readonly bootLog: (name: string) => string;
  };
}
