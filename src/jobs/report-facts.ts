import type { Job } from './job.ts';
import type { JobResult } from './run-job.ts';

/** Everything that a report tells. */
export interface ReportFacts {
  readonly version: string;
  /** The file's own name. */
  readonly jobName: string;
  /** Undefined where the job file was not understood. */
  readonly job?: Job;
  readonly result: JobResult;
  readonly beganAtMs: number;
  /** The name that the job file has from now on; undefined where it stays as it is. */
  readonly retiredAs?: string;
  /** The name of the kernel's log beside the report, where there is one. */
  readonly bootLog?: string;
}
