import { withDefaults } from '../../operations/inputs.ts';
import { undo } from '../../operations/undo.ts';
import { purposeSentence } from '../../text/sentence.ts';
import { findVolume, undoableOn, undoneBy } from '../find.ts';
import { emptyLine, line } from '../kit/frame.ts';
import { textOf } from '../kit/layout.ts';
import { chosenOf, item, type MenuRow, moved, renderMenu } from '../kit/menu.ts';
import type { ScreenNamed, State } from '../state.ts';
import { askForPlan, backFrom, changed, stay } from '../step.ts';
import type { ScreenDefinition } from './definition.ts';

const rowsOf = (state: State, { volume }: ScreenNamed<'journals'>): readonly MenuRow[] => {
  const text = textOf(state);
  const { tui } = text;
  return undoableOn(state, volume).map(({ manifest }) => {
    const { id, createdAtMs, purpose } = manifest;
    const undone = undoneBy(manifest, state.disks.scan.journals);
    const words = undone
      ? tui.undo.undoing(purposeSentence(text, undone.manifest.purpose))
      : purposeSentence(text, purpose);
    return item(id, dateOf(createdAtMs), words);
  });
};

/** By the clock of the rescuing machine, which has no time zone: as it was written down. */
const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

export const journals: ScreenDefinition<'journals'> = {
  content: (state, screen, area) => {
    const { tui } = textOf(state);
    const rows = rowsOf(state, screen);
    const isGone = !findVolume(state, screen.volume);
    const menu = renderMenu(rows, chosenOf(rows, screen.chosen), { ...area, rows: area.rows - 2 });
    return {
      title: tui.undo.title,
      lines: isGone ? [line(tui.volume.gone, 'warning')] : [line(tui.undo.intro, 'faint'), emptyLine, ...menu],
      hints: [tui.keys.choose, tui.keys.next, tui.keys.back],
    };
  },

  onKey: (state, screen, key) => {
    const rows = rowsOf(state, screen);
    const chosen = chosenOf(rows, screen.chosen);
    const next = moved(rows, chosen, key);
    if (next !== undefined) return stay(changed(state, { ...screen, chosen: next }));
    if (key === 'escape' || key === 'left') return stay(backFrom(state));
    const record = undoableOn(state, screen.volume).find(({ manifest }) => manifest.id === chosen);
    if (key !== 'enter' || !record) return stay(state);
    return askForPlan(changed(state, { ...screen, chosen }), {
      operation: undo,
      target: { on: 'journal', record },
      values: withDefaults(undo.inputs, {}),
    });
  },
};
