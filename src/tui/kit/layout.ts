import { textFor } from '../../text/index.ts';
import type { Text } from '../../text/text.ts';
import type { State } from '../state.ts';
import { emptyLine, type Frame, fill, type Line, line, pad, paragraph, span, widthOf, wrap } from './frame.ts';

/** What one screen has to show; the frame around it is the same everywhere. */
export interface Content {
  readonly title: string;
  readonly lines: readonly Line[];
  /** Which keys do what, most important first: what has no room is left out from the end. */
  readonly hints: readonly string[];
}

/** The room that a screen's lines have. */
export interface Area {
  readonly columns: number;
  readonly rows: number;
}

/** Below this, sentences become slivers. */
const smallest: Area = { columns: 60, rows: 16 };

/** Long lines are hard to read: wider windows get margins. */
const widest = 116;

/** The bar, a blank line, the title, a blank line; below, a blank line and the hints. */
const rowsAround = 6;

export const isTooSmall = ({ columns, rows }: Area): boolean => columns < smallest.columns || rows < smallest.rows;

/** The room inside the frame of this window. */
export const areaOf = ({ columns, rows }: Area): Area => ({
  columns: Math.min(columns - 4, widest),
  rows: Math.max(1, rows - rowsAround),
});

export const textOf = ({ language }: Pick<State, 'language'>): Text => textFor(language);

/** The whole screen around a content. */
export const compose = (state: State, content: Content): Frame => {
  const { columns, rows } = state;
  const area = areaOf(state);
  const margin = Math.max(2, Math.floor((columns - area.columns) / 2));
  const indent = (each: Line): Line =>
    each.length === 0 ? each : [span(' '.repeat(margin)), ...fill(each, area.columns)];
  const body = content.lines.slice(0, area.rows).map(indent);
  const filling = Array.from({ length: area.rows - body.length }, () => emptyLine);
  const lines = [
    bar(state, margin),
    emptyLine,
    indent(line(content.title, 'title')),
    emptyLine,
    ...body,
    ...filling,
    emptyLine,
    hintBar(content.hints, columns, margin),
  ];
  return { columns, rows, lines: lines.map((each) => fill(each, columns)) };
};

/** When there is no room for a screen: a sentence, in whatever room there is. */
export const composeTooSmall = (state: State): Frame => {
  const { columns, rows } = state;
  const words = wrap(textOf(state).tui.tooSmall(columns, rows), columns).slice(0, rows);
  const lines = Array.from({ length: rows }, (_, row) => line(words[row] ?? ''));
  return { columns, rows, lines: lines.map((each) => fill(each, columns)) };
};

const bar = (state: State, margin: number): Line => {
  const { tui } = textOf(state);
  const right = `${tui.languageName} · ${tui.settings.bar(layoutWord(state))}${' '.repeat(margin)}`;
  const left = `${' '.repeat(margin)}Sparekey`;
  const gap = state.columns - widthOf(line(left)) - widthOf(line(right));
  return [span(left + ' '.repeat(Math.max(1, gap)) + right, 'bar')];
};

/** The keyboard layout in a word. */
export const layoutWord = (state: State): string => {
  const { settings } = textOf(state).tui;
  const { console: kind, layout } = state.station;
  return kind === 'screen' ? (layout ?? settings.layoutUnknown) : settings.layoutForeign;
};

const hintBar = (hints: readonly string[], columns: number, margin: number): Line => {
  let shown = '';
  for (const hint of hints) {
    const longer = shown === '' ? hint : `${shown}   ${hint}`;
    if (widthOf(line(longer)) > columns - 2 * margin) break;
    shown = longer;
  }
  return [span(pad(' '.repeat(margin) + shown, columns), 'bar')];
};

/** Paragraphs with a blank line after each. */
export const spaced = (texts: readonly string[], columns: number): readonly Line[] =>
  texts.flatMap((text) => [...paragraph(text, columns), emptyLine]);
