import type { DoorState } from '../../model/finding.ts';
import { doorLines } from '../../text/doors.ts';
import type { Text } from '../../text/text.ts';
import { bullet, emptyLine, type Line, line } from '../kit/frame.ts';

/** How each door of the account stands, below a heading; nothing where that was not looked at. */
export const doorParagraphs = (
  doors: readonly DoorState[] | undefined,
  heading: string,
  text: Text,
  columns: number,
): readonly Line[] => {
  if (!doors || doors.length === 0) return [];
  const words = doorLines(doors, text);
  const lines = doors.flatMap(({ state }, index) => {
    const isFine = state === 'open' || state === 'missing';
    return bullet(isFine ? '-' : '!', words[index] ?? '', columns, isFine ? 'plain' : 'warning');
  });
  return [emptyLine, line(heading, 'title'), ...lines];
};
