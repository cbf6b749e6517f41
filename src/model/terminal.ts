/** The port to the person at the keyboard, and to the pipes that may stand in for one. */
export interface Terminal {
  /** Whether questions can be asked and answered. */
  readonly isInteractive: boolean;
  /** Whether results go to a terminal that shows colours, and NO_COLOR is not set. */
  readonly hasColor: boolean;
  /** Results. */
  readonly print: (text: string) => void;
  /** Results as they are, byte for byte; waits until they are taken. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Everything else: progress, questions, errors. */
  readonly tell: (text: string) => void;
  /** A line, shown as it is typed; undefined at the end of input. */
  readonly ask: (question: string) => Promise<string | undefined>;
  /** A line for each question, none of them shown; fewer where one is empty or the input ends. */
  readonly askSecrets: (questions: readonly string[]) => Promise<readonly string[]>;
  /** A small file of the host's, or standard input for `-`. @throws RescueError password-file */
  readonly readSmallFile: (path: string) => Promise<Uint8Array>;
}
