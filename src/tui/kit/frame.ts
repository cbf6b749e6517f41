import stringWidth from 'string-width';
import { showable } from '../../formats/bytes.ts';

/** What a piece of text means; screen.ts alone knows how that looks. None of them says anything that the words do not. */
export type Style = 'plain' | 'bar' | 'title' | 'faint' | 'chosen' | 'good' | 'warning' | 'bad' | 'field';

/** Text without control characters, in one style. */
export interface Span {
  readonly text: string;
  readonly style: Style;
}

export type Line = readonly Span[];

/** A whole screen: exactly `rows` lines, each exactly `columns` wide. */
export interface Frame {
  readonly columns: number;
  readonly rows: number;
  readonly lines: readonly Line[];
}

/** The one way in which text gets into a frame: whatever a disk says arrives as visible characters. */
export const span = (text: string, style: Style = 'plain'): Span => ({ text: showable(text), style });

export const line = (text: string, style: Style = 'plain'): Line => [span(text, style)];

export const emptyLine: Line = [];

/** In display columns: CJK takes two, combining marks none. */
export const widthOf = (spans: Line): number => spans.reduce((sum, { text }) => sum + stringWidth(text), 0);

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The longest beginning that is at most so wide. */
const cut = (text: string, columns: number): string => {
  let kept = '';
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    width += stringWidth(segment);
    if (width > columns) break;
    kept += segment;
  }
  return kept;
};

/** Text cut to a width, with a sign that something is missing. */
export const clip = (text: string, columns: number): string => {
  if (stringWidth(text) <= columns) return text;
  return columns < 1 ? '' : `${cut(text, columns - 1)}…`;
};

/** Text filled up with blanks. */
export const pad = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - stringWidth(text)));

/** A line cut and filled to exactly this width. */
export const fill = (spans: Line, columns: number): Line => {
  const fitted: Span[] = [];
  let left = columns;
  for (const { text, style } of spans) {
    const kept = clip(text, left);
    fitted.push({ text: kept, style });
    left -= stringWidth(kept);
    if (kept !== text) break;
  }
  if (left > 0) fitted.push({ text: ' '.repeat(left), style: 'plain' });
  return fitted;
};

/** Words on as many lines as they need; a word that is wider than a line is broken. */
export const wrap = (text: string, columns: number): readonly string[] =>
  text.split('\n').flatMap((paragraph) => wrapParagraph(showable(paragraph), Math.max(1, columns)));

/** Stands for a blank at which no line may end; a control character, since showable text has none. */
const glue = '\u0001';

/** French sets a blank inside its quotation marks and before some signs; none of them begins or ends a line. */
const withGlue = (text: string): string => text.replace(/(?<=«) | (?=[»:;?!])/g, glue);

const widthWithGlue = (text: string): number => stringWidth(text.replaceAll(glue, ' '));

const wrapParagraph = (text: string, columns: number): readonly string[] => {
  const lines: string[] = [];
  let current = '';
  for (const word of withGlue(text)
    .split(' ')
    .flatMap((each) => pieces(each, columns))) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (widthWithGlue(longer) <= columns) current = longer;
    else {
      lines.push(current);
      current = word;
    }
  }
  return [...lines, current].map((words) => words.replaceAll(glue, ' '));
};

const pieces = (word: string, columns: number): readonly string[] => {
  const parts: string[] = [];
  let rest = word;
  while (widthWithGlue(rest) > columns) {
    const part = cut(rest, columns);
    if (part === '') break;
    parts.push(part);
    rest = rest.slice(part.length);
  }
  return [...parts, rest];
};

/** A paragraph as lines of a frame. */
export const paragraph = (text: string, columns: number, style: Style = 'plain'): readonly Line[] =>
  wrap(text, columns).map((words) => line(words, style));

/** A paragraph with a sign in front, its further lines indented below the first. */
export const bullet = (sign: string, text: string, columns: number, style: Style = 'plain'): readonly Line[] => {
  const indent = stringWidth(sign) + 1;
  return wrap(text, columns - indent).map((words, index) => [
    span(index === 0 ? `${sign} ` : ' '.repeat(indent), style),
    span(words, style),
  ]);
};
