import { showable } from '../formats/bytes.ts';
import { type ErrorCode, firstFailure, isRescueError, type KnownError, toolOutput } from '../model/errors.ts';
import { isChange, operations } from '../operations/index.ts';
import type { Face } from '../operations/operation.ts';
import { errorSentence } from './sentence.ts';
import type { Text } from './text.ts';

/** An error in the words of one face. */
export interface DescribedError {
  readonly code: ErrorCode | 'bug';
  /** What is wrong, and what can be done about it on this face. */
  readonly sentence: string;
  /** The sentence, and below it a tool's own words, or where a fault of ours was. */
  readonly lines: readonly string[];
}

/** What to say of an error: a sentence that says what to do, or, for a fault of ours, what to report. */
export const describeError = (thrown: unknown, text: Text, face: Face): DescribedError => {
  const error = firstFailure(thrown);
  if (!isRescueError(error)) return describeBug(error, text, face);
  const sentence = sentenceFor(error, text, face);
  const output = toolOutput(error);
  // The text UI breaks lines itself, and shows nothing that is not text.
  const shown = face === 'tui' ? output : showable(output).replaceAll('\\x0a', '\n  ');
  return { code: error.code, sentence, lines: shown === '' ? [sentence] : [sentence, `${text.run.details}: ${shown}`] };
};

/** In the text UI nothing names a command; a job's report names the key that would have made the difference. */
const sentenceFor = (error: KnownError, text: Text, face: Face): string => {
  if (face === 'tui') return errorSentence({ ...text.errors, ...text.tui.refusals.errors }, error);
  const sentence = errorSentence(text.errors, error);
  const hint = face === 'jobs' ? hintFor(error.code, text) : undefined;
  return hint === undefined ? sentence : `${sentence} ${hint}`;
};

const hintFor = (code: ErrorCode, { jobs: { hint } }: Text): string | undefined => {
  if (code === 'several-match') return hint.on;
  if (code === 'several-to-undo') return hint.id;
  const insisting = operations.filter(isChange).find((each) => 'insists' in each && each.insists.code === code);
  return insisting && 'insists' in insisting ? hint.flag(insisting.insists.input) : undefined;
};

const describeBug = (error: unknown, text: Text, face: Face): DescribedError => {
  if (face === 'tui') return { code: 'bug', sentence: text.tui.trouble.crash, lines: [text.tui.trouble.crash] };
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'bug', sentence: text.bug, lines: [text.bug, showable(trace).replaceAll('\\x0a', '\n')] };
};
