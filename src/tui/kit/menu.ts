import stringWidth from 'string-width';
import type { Key } from '../messages.ts';
import { clip, emptyLine, type Line, line, pad, type Style, span } from './frame.ts';
import type { Area } from './layout.ts';

/** A row of a list. Only items can be chosen. */
export type MenuRow =
  | { readonly kind: 'item'; readonly key: string; readonly cells: readonly string[] }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'note'; readonly text: string; readonly style?: Style }
  | { readonly kind: 'gap' };

export const item = (key: string, ...cells: readonly string[]): MenuRow => ({ kind: 'item', key, cells });

const keysOf = (rows: readonly MenuRow[]): readonly string[] =>
  rows.flatMap((row) => (row.kind === 'item' ? [row.key] : []));

/** What is chosen: what was, as long as it is there; else what is proposed, else the first. */
export const chosenOf = (
  rows: readonly MenuRow[],
  chosen: string | undefined,
  proposed?: string,
): string | undefined => {
  const keys = keysOf(rows);
  return [chosen, proposed].find((key) => key !== undefined && keys.includes(key)) ?? keys[0];
};

const pageRows = 10;

/** What is chosen after a key; the ends hold. Undefined for keys that do not move. */
export const moved = (rows: readonly MenuRow[], chosen: string | undefined, key: Key): string | undefined => {
  const keys = keysOf(rows);
  const at = keys.indexOf(chosen ?? '');
  const steps: Partial<Record<Key, number>> = {
    up: at - 1,
    down: at + 1,
    tab: at + 1,
    'page-up': at - pageRows,
    'page-down': at + pageRows,
    home: 0,
    end: keys.length - 1,
  };
  const target = steps[key];
  return target === undefined ? undefined : keys[Math.min(Math.max(target, 0), keys.length - 1)];
};

/** One column must not push out all others; the last one, which says most, is the last to be cut. */
const widestCell = 26;
const narrowestCell = 12;

/** The list, with the chosen row marked by a sign and a style, scrolled so that it is seen. */
export const renderMenu = (rows: readonly MenuRow[], chosen: string | undefined, area: Area): readonly Line[] => {
  const widths = columnWidths(rows, area.columns);
  const at = rows.findIndex((row) => row.kind === 'item' && row.key === chosen);
  const first = Math.min(Math.max(0, at - Math.floor(area.rows / 2)), Math.max(0, rows.length - area.rows));
  return rows.slice(first, first + area.rows).map((row) => renderRow(row, chosen, widths, area.columns));
};

const columnWidths = (rows: readonly MenuRow[], columns: number): readonly number[] => {
  const items = rows.flatMap((row) => (row.kind === 'item' && row.cells.length > 1 ? [row.cells] : []));
  const count = Math.max(0, ...items.map((cells) => cells.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...items.map((cells) => stringWidth(span(cells[column] ?? '').text))),
  );
  const last = widths.pop() ?? 0;
  const capped = widths.map((width) => Math.min(width, widestCell));
  const room = columns - signColumns - last - capped.filter((width) => width > 0).length * gapColumns;
  return [...shrink(capped, room), last];
};

/** The sign before each row, and the blanks between columns. */
const signColumns = 2;
const gapColumns = 2;

/** Takes from the widest column but the first, which is the name, until all have room or none is left to give. */
const shrink = (widths: readonly number[], room: number): readonly number[] => {
  const shrunk = [...widths];
  for (let excess = shrunk.reduce((sum, width) => sum + width, 0) - room; excess > 0; excess -= 1) {
    const widest = Math.max(...shrunk.slice(1));
    if (!(widest > narrowestCell)) break;
    shrunk[shrunk.indexOf(widest, 1)] = widest - 1;
  }
  return shrunk;
};

const renderRow = (row: MenuRow, chosen: string | undefined, widths: readonly number[], columns: number): Line => {
  switch (row.kind) {
    case 'gap':
      return emptyLine;
    case 'heading':
      return line(clip(row.text, columns), 'title');
    case 'note':
      return line(clip(row.text, columns), row.style ?? 'faint');
    case 'item': {
      const isChosen = row.key === chosen;
      const text = `${isChosen ? '>' : ' '} ${joinCells(row.cells, widths)}`;
      return line(pad(clip(text, columns), columns), isChosen ? 'chosen' : 'plain');
    }
  }
};

/** Cells under one another, two blanks apart; empty columns are left out, and the last one has all the room that is left. */
const joinCells = (cells: readonly string[], widths: readonly number[]): string =>
  cells
    .map((cell) => span(cell).text)
    .map((cell, column) => {
      const width = widths[column] ?? 0;
      const isLast = column === cells.length - 1;
      return isLast ? cell : width === 0 ? undefined : pad(clip(cell, width), width);
    })
    .filter((cell) => cell !== undefined)
    .join('  ');
