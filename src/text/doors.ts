import type { DoorState } from '../model/finding.ts';
import { findingSentence } from './sentence.ts';
import type { Text } from './text.ts';

/** A line for each door: open, shut because of what, or not to be known from here. */
export const doorLines = (doors: readonly DoorState[], { findings: words }: Text): readonly string[] =>
  doors.map(({ because, ...each }) => {
    const reasons = because.map((finding) => {
      const { path, line } = finding;
      const sentence = findingSentence(words.sentences, finding);
      return words.because(sentence, path === undefined ? undefined : words.where(path, line));
    });
    const how = each.state === 'missing' ? words.missing[each.missing] : words.doorStates[each.state];
    return words.door(words.doors[each.door], how, reasons);
  });

/** For programs: how a door stands, with the findings that say why. */
export const doorDocument =
  (text: Text) =>
  ({ door, state, missing, because }: DoorState) => ({
    ...{ door, state, missing },
    because: because.map((finding) => ({
      ...{ id: finding.id, message: findingSentence(text.findings.sentences, finding) },
      ...{ certainty: finding.certainty, path: finding.path, line: finding.line },
    })),
  });
