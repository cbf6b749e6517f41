import { firstFailure, isRescueError } from '../model/errors.ts';
import { describeError } from '../text/describe-error.ts';
import type { Text } from '../text/text.ts';
import { exitCodes } from './exit-codes.ts';

/** sysexits.h's EX_SOFTWARE: a fault of ours. */
const bugCode = 70;

/** An error as the command line reports it. */
export interface Failure {
  readonly exitCode: number;
  /** For a person, on standard error. */
  readonly message: string;
  /** With --json, on standard output. */
  readonly document: object;
}

/** What to say of an error on the command line, and how to end with it. */
export const describeFailure = (thrown: unknown, text: Text): Failure => {
  const { code, sentence, lines } = describeError(thrown, text, 'cli');
  const error = firstFailure(thrown);
  const details = isRescueError(error) ? error.details : { trace: traceOf(error) };
  return {
    exitCode: code === 'bug' ? bugCode : exitCodes[code],
    message: lines.join('\n'),
    document: { version: 1, status: 'failed', error: { code, message: sentence, details } },
  };
};

const traceOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
