import { showable } from '../formats/bytes.ts';
import type { Message } from './messages.ts';
import type { State } from './state.ts';

/** How much of what went before a report tells. */
const messagesKept = 60;

/** What a report remembers of a message: its kind and the name of the key, never what it carried. */
export const traceOf = (message: Message): string => {
  switch (message.kind) {
    case 'key':
      return `key ${message.key}`;
    case 'resized':
      return `resized ${message.columns}x${message.rows}`;
    case 'engine':
      return `engine ${message.event.kind}`;
    default:
      return message.kind;
  }
};

/** The trail with one more step; the oldest ones go. */
export const withTrace = (trail: readonly string[], message: Message): readonly string[] =>
  [...trail, traceOf(message)].slice(-messagesKept);

/**
 * A report for us, without secrets: where the fault was and what led to it. An error's own message is kept only up to
 * the first quotation mark, bracket or `$`, since what follows may be out of a file with passwords in it.
 */
export const formatReport = (
  error: unknown,
  state: State,
  trail: readonly string[],
  facts: { readonly version: string; readonly when: string },
): string => {
  const { language, columns, rows, station, screens } = state;
  return [
    `Sparekey ${facts.version}, ${facts.when}`,
    `${language}, ${columns}x${rows}, ${station.console}${station.isRescueMedium ? ', rescue stick' : ''}`,
    `screens: ${screens.map(({ name }) => name).join(' > ')}`,
    '',
    ...describeFault(error),
    '',
    'what went before:',
    ...trail.map((step) => `  ${step}`),
    '',
  ].join('\n');
};

const describeFault = (error: unknown): readonly string[] => {
  if (!(error instanceof Error)) return [`thrown: ${typeof error}`];
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const message = /^[^"'`“„«$[{(]*/.exec(error.message.split('\n')[0] ?? '')?.[0] ?? '';
  return [`${error.name}: ${showable(message)}`, ...frames.map(showable)];
};
