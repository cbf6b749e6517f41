import { findVolume, systemsOn, undoableOn } from '../find.ts';
import { bullet, emptyLine, line, paragraph } from '../frame.ts';
import { textOf } from '../layout.ts';
import { chosenOf, item, type MenuRow, moved, renderMenu } from '../menu.ts';
import { fromTheTop, type ScreenNamed, type State } from '../state.ts';
import { backFrom, changed, opened, stay } from '../step.ts';
import { describeNotice, noticesOf, titleOfSystem } from '../words.ts';
import { volumeFacts } from './facts.ts';
import type { Manner } from './manner.ts';

/** What can be done here: only what the systems on this volume offer, and what has been built. */
const rowsOf = (state: State, { volume: ref }: ScreenNamed<'volume'>): readonly MenuRow[] => {
  const { tui } = textOf(state);
  const volume = findVolume(state, ref);
  const systems = systemsOn(state, ref).filter(({ profile }) => profile.accounts !== undefined);
  const resets = systems.flatMap((system): readonly MenuRow[] => {
    const reset = item(`reset ${system.id}`, tui.volume.resetPassword, tui.volume.counted(system.accounts.length));
    // With one system the title says it already.
    return systems.length === 1 ? [reset] : [{ kind: 'heading', text: titleOfSystem(system) }, reset, { kind: 'gap' }];
  });
  const count = undoableOn(state, ref).length;
  const undo = count > 0 ? [item('undo', tui.volume.undo, `${count}`)] : [];
  const canLook = volume && !volume.isInUse && state.disks.lookable?.includes(volume.id);
  const look = canLook ? [item('look', tui.volume.lookInside)] : [];
  return [...resets, ...undo, ...look];
};

export const volume: Manner<'volume'> = {
  content: (state, screen, area) => {
    const { tui } = textOf(state);
    const present = findVolume(state, screen.volume);
    const title = tui.volume.title(screen.volume.selector);
    const hints = [tui.keys.choose, tui.keys.open, tui.keys.language, tui.keys.back];
    if (!present) return { title, lines: [line(tui.volume.gone, 'warning')], hints: [tui.keys.back] };
    const rows = rowsOf(state, screen);
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
    const rows = rowsOf(state, screen);
    const chosen = chosenOf(rows, screen.chosen);
    const next = moved(rows, chosen, key);
    if (next !== undefined) return stay(changed(state, { ...screen, chosen: next }));
    if (key === 'escape' || key === 'left') return stay(backFrom(state));
    const present = findVolume(state, screen.volume);
    if ((key !== 'enter' && key !== 'right') || !present || chosen === undefined) return stay(state);
    const here = changed(state, { ...screen, chosen });
    const ref = screen.volume;
    if (chosen === 'undo') return stay(opened(here, { name: 'journals', volume: ref, chosen: undefined }));
    if (chosen === 'look') {
      const job = state.lastJob + 1;
      const inside = { name: 'inside', volume: ref, job, entries: undefined, reading: fromTheTop } as const;
      return stay({ ...opened(here, inside), lastJob: job }, { kind: 'list', job, volume: present });
    }
    const systemId = chosen.replace(/^reset /, '');
    return stay(opened(here, { name: 'accounts', volume: ref, systemId, chosen: undefined }));
  },
};
