import type { Text } from '../../text/text.ts';
import type { Key } from '../messages.ts';
import { emptyLine, type Line, line, type Span, span, widthOf } from './frame.ts';
import type { Area } from './layout.ts';
import type { TextPosition } from './text-position.ts';

/** A text to read, and what can be done about it; the first button is the one that Enter finds chosen. */
export interface Article<Action extends string> {
  readonly lines: readonly Line[];
  /** Lines above the buttons that are always seen. */
  readonly foot?: readonly Line[];
  readonly buttons: readonly Button<Action>[];
}

export interface Button<Action extends string> {
  readonly action: Action;
  readonly label: string;
  /** It was not there for a moment yet, so Enter, which may have been meant for the screen before, does not press it. */
  readonly isWaiting?: boolean;
}

/** A blank line and the buttons. */
const buttonRows = 2;

const textRows = ({ foot = [] }: Article<string>, area: Area): number =>
  Math.max(1, area.rows - foot.length - buttonRows);

const lastScroll = (article: Article<string>, area: Area): number =>
  Math.max(0, article.lines.length - textRows(article, area));

/** Up and down read on; left and right, and up and down where all is seen, go from button to button. */
export const readOn = (
  article: Article<string>,
  { scroll, button }: TextPosition,
  key: Key,
  area: Area,
): TextPosition => {
  const end = lastScroll(article, area);
  const page = textRows(article, area) - 1;
  const scrolls: Partial<Record<Key, number>> = {
    up: scroll - 1,
    down: scroll + 1,
    'page-up': scroll - page,
    'page-down': scroll + page,
    home: 0,
    end,
  };
  const moves: Partial<Record<Key, number>> = {
    left: -1,
    right: 1,
    tab: 1,
    ...(end === 0 && { up: -1, down: 1 }),
  };
  const clamp = (value: number, most: number) => Math.min(Math.max(value, 0), Math.max(0, most));
  const move = moves[key];
  if (move !== undefined) return { scroll, button: clamp(button + move, article.buttons.length - 1) };
  return { scroll: clamp(scrolls[key] ?? scroll, end), button };
};

/** What Enter does now. */
export const actionOf = <Action extends string>(
  article: Article<Action>,
  { button }: TextPosition,
): Action | undefined => article.buttons[Math.min(button, article.buttons.length - 1)]?.action;

/** Which keys do what here. */
export const articleHints = (article: Article<string>, area: Area, { tui: { keys } }: Text): readonly string[] => {
  const choose = article.buttons.length > 1;
  if (lastScroll(article, area) > 0) return [keys.scroll, ...(choose ? [keys.across] : []), keys.next, keys.back];
  return [...(choose ? [keys.choose] : []), keys.next, keys.back];
};

export const renderArticle = (
  article: Article<string>,
  { scroll, button }: TextPosition,
  area: Area,
): readonly Line[] => {
  const rows = textRows(article, area);
  const end = lastScroll(article, area);
  const from = Math.min(scroll, end);
  const shown = article.lines.slice(from, from + rows);
  // The last line says that there is more, so that nobody agrees to half a text.
  const text = from < end ? [...shown.slice(0, -1), line('↓ …', 'faint')] : shown;
  return [...text, ...(article.foot ?? []), emptyLine, renderButtons(article, button, area.columns)];
};

const renderButtons = ({ buttons }: Article<string>, chosen: number, columns: number): Line => {
  const spans = buttons.flatMap(({ label, isWaiting }, index): Span[] => {
    const isChosen = index === Math.min(chosen, buttons.length - 1);
    if (isChosen && isWaiting) return [span(`  ${label}  `, 'faint'), span('  ')];
    return [span(isChosen ? `> ${label} <` : `  ${label}  `, isChosen ? 'chosen' : 'plain'), span('  ')];
  });
  // Too many for the window: the chosen one is what must be seen.
  return widthOf(spans) <= columns + 2 ? spans : spans.slice(2 * Math.min(chosen, buttons.length - 1));
};
