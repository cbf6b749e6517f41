import type { JobMarks } from './job.ts';
import type { Signals } from './signals.ts';
import type { KeyFile } from './station.ts';

/** The most that a job file may have: nobody writes more, and a stranger's file may be gigantic. */
export const jobLimitBytes = 64 * 1024;

/** The port to the folder that a job file lies in: the one place where a run without a keyboard leaves its words. */
export interface JobMedium {
  /** The folder as a person would name it. */
  readonly place: string;
  /** The job file's name in it. */
  readonly jobName: string;
  /** What it is called after the run. */
  readonly retiredName: string;
  /** @throws RescueError job-unreadable, job-not-a-file */
  readJob(): Promise<Uint8Array>;
  /** A small file that lies beside the job, by its name. @throws RescueError key-file */
  readBeside(name: string): Promise<Uint8Array>;
  /** Makes sure, before anything is changed, that the reports will fit. @throws RescueError medium-unwritable */
  reserve(names: readonly string[]): Promise<void>;
  /** Puts files there, each whole or not at all. @throws RescueError medium-unwritable */
  writeFiles(files: ReadonlyMap<string, Uint8Array>): Promise<void>;
  /** @throws RescueError target-unusable */
  openRecovered(): Promise<RecoveredFolder>;
  /**
   * After the run: marks the job as run, overwrites its secrets where they stand, and renames it.
   * Cut off at any moment, the job is whole, or marked as run. `content`: what the marks were found in.
   * @throws RescueError medium-unwritable
   */
  retire(content: Uint8Array, marks: JobMarks): Promise<void>;
}

/** The place for recovered files, until disposed. */
export interface RecoveredFolder extends AsyncDisposable {
  readonly folder: string;
  /** As a person would name it. */
  readonly place: string;
}

/** The medium that this machine was booted from, which is not always plugged in. */
export interface BootMedium extends JobMedium {
  /** Whether exactly one medium with the identity of ours is plugged in. */
  isPresent(): Promise<boolean>;
  /** Whether it is, and its job file is this one. */
  holds(job: Uint8Array): Promise<boolean>;
  /** The files called `*.pub` at its top. */
  readKeyFiles(): Promise<readonly KeyFile[]>;
}

/** The port to a machine with nobody in front of it, or perhaps somebody. */
export interface Bystanders {
  readonly signals: Signals;
  /** A line on every console. */
  say(line: string): void;
  /** The same, over the line that was last written this way. */
  sayOver(line: string): void;
  /** The name of the console on which a key was pressed; pending until then. */
  readonly keyPressed: Promise<string>;
  /** Since the kernel started. */
  uptimeMs(): number;
  /** What the kernel said so far; undefined where it cannot be had. */
  bootLog(): Promise<Uint8Array | undefined>;
}
