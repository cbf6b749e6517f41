import type { Job } from '../model/job.ts';
import type { Text } from '../text/text.ts';
import { formatJsonReport } from './report-json.ts';
import { formatTextReport } from './report-text.ts';
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

export const reportNames = { text: 'sparekey-report.txt', json: 'sparekey-report.json' } as const;

/** The reports as files. */
export const formatReports = (facts: ReportFacts, text: Text): ReadonlyMap<string, Uint8Array> =>
  new Map([
    // Windows' editors of old only know CRLF, and take UTF-8 for something else without the mark in front.
    [reportNames.text, encode(`\ufeff${formatTextReport(facts, text).replaceAll('\n', '\r\n')}\r\n`)],
    [reportNames.json, encode(`${JSON.stringify(formatJsonReport(facts, text), undefined, 2)}\n`)],
  ]);

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
