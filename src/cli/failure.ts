import { showable } from '../formats/bytes.ts';
import { firstFailure, isRescueError, toolOutput } from '../model/errors.ts';
import { errorSentence } from '../text/sentence.ts';
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

/** What to say of an error: a sentence that says what to do, or, for a bug, what to report. */
export const describeFailure = (thrown: unknown, text: Text): Failure => {
  const error = firstFailure(thrown);
  if (!isRescueError(error)) return describeBug(error, text);
  const message = errorSentence(text.errors, error);
  const output = showable(toolOutput(error)).replaceAll('\\x0a', '\n  ');
  return {
    exitCode: exitCodes[error.code],
    message: output === '' ? message : `${message}\n${text.run.details}: ${output}`,
    document: { version: 1, status: 'failed', error: { code: error.code, message, details: error.details } },
  };
};

const describeBug = (error: unknown, text: Text): Failure => {
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    exitCode: bugCode,
    message: `${text.bug}\n${showable(trace).replaceAll('\\x0a', '\n')}`,
    document: { version: 1, status: 'failed', error: { code: 'bug', message: text.bug, details: { trace } } },
  };
};
