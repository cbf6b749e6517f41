import { findVolume } from '../find.ts';
import { bullet, emptyLine, line, paragraph } from '../kit/frame.ts';
import { textOf } from '../kit/layout.ts';
import { chosenOf, moved, renderMenu } from '../kit/menu.ts';
import { offersOn, openerOf } from '../offers.ts';
import { backFrom, changed, stay } from '../step.ts';
import { describeNotice, noticesOf } from '../words.ts';
import type { ScreenDefinition } from './definition.ts';
import { volumeFacts } from './facts.ts';

export const volume: ScreenDefinition<'volume'> = {
  content: (state, screen, area) => {
    const { tui } = textOf(state);
    const present = findVolume(state, screen.volume);
    const title = tui.volume.title(screen.volume.selector);
    const hints = [tui.keys.choose, tui.keys.open, tui.keys.language, tui.keys.back];
    if (!present) return { title, lines: [line(tui.volume.gone, 'warning')], hints: [tui.keys.back] };
    const rows = offersOn(state, screen.volume).map(({ row }) => row);
    const notes = noticesOf(state, present).map((notice) => describeNotice(state, notice));
    const facts = volumeFacts(state, present, area.columns);
    const menu = renderMenu(rows, chosenOf(rows, screen.chosen), { ...area, rows: Math.max(3, rows.length) });
    const lines = [
      ...facts.slice(0, Math.max(1, area.rows - menu.length - 1)),
      emptyLine,
      ...(rows.length > 0 ? menu : paragraph(tui.volume.nothingOffered, area.columns, 'faint')),
      ...(notes.length > 0 ? [emptyLine, line(tui.notes, 'title')] : []),
      ...notes.flatMap((words) => bullet('-', words, area.columns, 'warning')),
    ];
    return { title, lines, hints };
  },

  onKey: (state, screen, key) => {
    const offers = offersOn(state, screen.volume);
    const rows = offers.map(({ row }) => row);
    const chosen = chosenOf(rows, screen.chosen);
    const next = moved(rows, chosen, key);
    if (next !== undefined) return stay(changed(state, { ...screen, chosen: next }));
    if (key === 'escape' || key === 'left') return stay(backFrom(state));
    const present = findVolume(state, screen.volume);
    if ((key !== 'enter' && key !== 'right') || !present || chosen === undefined) return stay(state);
    return openerOf(offers, chosen)?.(changed(state, { ...screen, chosen })) ?? stay(state);
  },
};
