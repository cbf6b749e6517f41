import type { ArgumentsCamelCase } from 'yargs';
import type { Context } from '../engine/context.ts';
import type { JobMedium } from '../model/job-medium.ts';
import type { Recovery } from '../model/recovery.ts';
import type { Station } from '../model/station.ts';
import type { Terminal } from '../model/terminal.ts';
import type { Text } from '../text/text.ts';

/** What a job needs beyond the disks: its folder, and the machine that it leaves. */
export interface JobDesk {
  readonly medium: JobMedium;
  readonly station: Station;
}

/** What a command works with. */
export interface Session {
  readonly context: Context;
  readonly terminal: Terminal;
  readonly text: Text;
  readonly version: string;
  readonly openJob: (path: string) => Promise<JobDesk>;
  readonly openRecovery: () => Promise<Recovery>;
}

/** Options that every command takes, under the names that are typed. */
export interface DeclaredOptions {
  readonly disk: string[] | undefined;
  readonly on: string | undefined;
  readonly 'passphrase-file': string[] | undefined;
  readonly 'key-file': string[] | undefined;
  readonly yes: boolean | undefined;
  readonly 'dry-run': boolean | undefined;
  readonly json: boolean | undefined;
  readonly color: boolean | undefined;
}

/** The same as yargs hands them over: `dry-run` also as dryRun. */
export type CommonOptions = ArgumentsCamelCase<DeclaredOptions>;
