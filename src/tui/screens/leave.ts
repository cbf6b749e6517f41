import { paragraph } from '../kit/frame.ts';
import { textOf } from '../kit/layout.ts';
import { chosenOf, item, type MenuRow, moved, renderMenu } from '../kit/menu.ts';
import type { State } from '../state.ts';
import { backFrom, changed, stay } from '../step.ts';
import type { ScreenDefinition } from './definition.ts';

/** Only on our own stick is the machine ours to switch off; elsewhere Sparekey is a program like any other. */
const rowsOf = (state: State): readonly MenuRow[] => {
  const { tui } = textOf(state);
  const ways = state.station.isRescueMedium
    ? [item('restart', tui.leave.restart), item('power-off', tui.leave.powerOff)]
    : [item('quit', tui.leave.quit)];
  return [item('back', tui.back), ...ways];
};

export const leave: ScreenDefinition<'leave'> = {
  content: (state, screen, area) => {
    const { tui } = textOf(state);
    const rows = rowsOf(state);
    return {
      title: tui.leave.title,
      lines: renderMenu(rows, chosenOf(rows, screen.chosen), area),
      hints: [tui.keys.choose, tui.keys.next, tui.keys.back],
    };
  },

  onKey: (state, screen, key) => {
    const rows = rowsOf(state);
    const chosen = chosenOf(rows, screen.chosen);
    const next = moved(rows, chosen, key);
    if (next !== undefined) return stay(changed(state, { ...screen, chosen: next }));
    if (key === 'escape') return stay(backFrom(state));
    if (key !== 'enter') return stay(state);
    if (chosen === 'restart' || chosen === 'power-off')
      return stay(changed(state, { name: 'leaving', way: chosen }), { kind: chosen });
    return chosen === 'quit' ? stay(state, { kind: 'quit', exitCode: 0, words: [] }) : stay(backFrom(state));
  },
};

/** The machine is going down; our own end comes from it. */
export const leaving: ScreenDefinition<'leaving'> = {
  isBusy: true,
  content: (state, { way }, area) => {
    const { leave: words } = textOf(state).tui;
    const sentence = way === 'restart' ? words.restarting : words.poweringOff;
    return {
      title: way === 'restart' ? words.restart : words.powerOff,
      lines: paragraph(sentence, area.columns),
      hints: [],
    };
  },
  onKey: (state) => stay(state),
};
