export type OutputStream = 'stdout' | 'stderr';

/** Something said on a stream was not taken: its reader has gone, the disk under it is full. */
export interface Loss {
  readonly stream: OutputStream;
  /** The kernel's answer, as errno(3) names it. */
  readonly reason: string;
}

/** The port to the person at the keyboard, and to the pipes that may stand in for one. */
export interface Terminal {
  /** Whether questions can be asked and answered. */
  readonly isInteractive: boolean;
  /** Whether results go to a terminal that shows colours, and NO_COLOR is not set. */
  readonly hasColor: boolean;
  /** Whether results go to /dev/null, as they do where standard output was closed from the start. */
  readonly isDiscarded: boolean;
  /** Results. */
  readonly print: (text: string) => void;
  /** Results as they are, byte for byte; waits until they are taken. @throws RescueError output-lost */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Waits until all that was said is taken. @returns the streams on which something was lost */
  readonly settle: () => Promise<readonly Loss[]>;
  /** The same for results that must not be lost: where they go into a file, it is flushed. */
  readonly settleForGood: () => Promise<readonly Loss[]>;
  /** Everything else: progress, questions, errors. */
  readonly tell: (text: string) => void;
  /** A line, shown as it is typed; undefined at the end of input. */
  readonly ask: (question: string) => Promise<string | undefined>;
  /** A line for each question, none of them shown; fewer where one is empty or the input ends. */
  readonly askSecrets: (questions: readonly string[]) => Promise<readonly string[]>;
  /** A small file of the host's, or standard input for `-`. @throws RescueError password-file */
  readonly readSmallFile: (path: string) => Promise<Uint8Array>;
}
