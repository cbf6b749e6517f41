import type { Entry } from '../../model/tree.ts';
import { type Article, articleHints, readOn, renderArticle } from '../article.ts';
import { clip, line, pad, span } from '../frame.ts';
import { type Area, textOf } from '../layout.ts';
import type { InsideScreen, State } from '../state.ts';
import { backFrom, changed, stay } from '../step.ts';
import type { Manner } from './manner.ts';

/** The names at the top of the volume, folders first, as many beside one another as fill. */
const articleOf = (state: State, { entries }: InsideScreen, area: Area): Article<'back'> => {
  const { tui } = textOf(state);
  const buttons = [{ action: 'back', label: tui.back } as const];
  if (!entries) return { lines: [line(tui.volume.opening, 'faint')], buttons };
  if (entries.length === 0) return { lines: [line(tui.volume.emptyFolder)], buttons };
  const sorted = entries.toSorted((one, other) => rankOf(one) - rankOf(other) || (one.name < other.name ? -1 : 1));
  const cells = sorted.map(({ name, kind }) => `${name}${kind === 'directory' ? '/' : ''}`);
  const across = Math.max(1, Math.floor(area.columns / cellColumns));
  const width = Math.floor(area.columns / across);
  const down = Math.ceil(cells.length / across);
  const lines = Array.from({ length: down }, (_, row) =>
    Array.from({ length: across }, (_cell, column) => {
      const text = span(cells[column * down + row] ?? '').text;
      return span(pad(clip(text, width - 2), width));
    }),
  );
  return { lines: [line(tui.volume.inside, 'faint'), [], ...lines], buttons };
};

const cellColumns = 28;

const rankOf = ({ kind }: Entry): number => (kind === 'directory' ? 0 : 1);

export const inside: Manner<'inside'> = {
  content: (state, screen, area) => {
    const text = textOf(state);
    const article = articleOf(state, screen, area);
    return {
      title: text.tui.volume.title(screen.volume.selector),
      lines: renderArticle(article, screen.reading, area),
      hints: articleHints(article, area, text),
    };
  },

  onKey: (state, screen, key, area) => {
    if (key === 'escape' || key === 'enter') return stay(backFrom(state));
    const reading = readOn(articleOf(state, screen, area), screen.reading, key, area);
    return stay(changed(state, { ...screen, reading }));
  },
};
