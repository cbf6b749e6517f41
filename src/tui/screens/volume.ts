import type { Volume } from '../../model/storage.ts';
import type { InstalledSystem } from '../../model/system.ts';
import { findVolume, systemsOn, undoableOn } from '../find.ts';
import { bullet, emptyLine, line, paragraph } from '../kit/frame.ts';
import { textOf } from '../kit/layout.ts';
import { chosenOf, item, type MenuRow, moved, renderMenu } from '../kit/menu.ts';
import { startBackups, startRecovery } from '../recovery/start.ts';
import type { ScreenNamed, State } from '../state.ts';
import { backFrom, changed, opened, stay } from '../step.ts';
import { describeNotice, noticesOf, titleOfSystem } from '../words.ts';
import { volumeFacts } from './facts.ts';
import type { Manner } from './manner.ts';

/** What can be done here: only what the systems on this volume offer, and what has been built. */
const rowsOf = (state: State, { volume: ref }: ScreenNamed<'volume'>): readonly MenuRow[] => {
  const { tui } = textOf(state);
  const volume = findVolume(state, ref);
  const canOpen = volume !== undefined && canOpenFiles(state, volume);
  const offered = systemsOn(state, ref)
    .map((system) => ({ system, rows: systemRows(state, system, canOpen) }))
    .filter(({ rows }) => rows.length > 0);
  // With one system the title says it already.
  const systems = offered.flatMap(({ system, rows }): readonly MenuRow[] =>
    offered.length === 1 ? rows : [{ kind: 'heading', text: titleOfSystem(system) }, ...rows, { kind: 'gap' }],
  );
  const isOffered = offered.some(({ system }) => system.profile.landmarks !== undefined);
  const files = canOpen && !isOffered ? [item('files', tui.recovery.offer)] : [];
  const count = undoableOn(state, ref).length;
  const undo = count > 0 ? [item('undo', tui.volume.undo, `${count}`)] : [];
  return [...systems, ...files, ...undo];
};

const systemRows = (state: State, system: InstalledSystem, canOpen: boolean): readonly MenuRow[] => {
  const { tui } = textOf(state);
  const { id, profile, accounts } = system;
  const hasBackups = profile.landmarks?.some(({ name }) => name === 'backups') ?? false;
  return [
    ...(profile.accounts ? [item(`reset ${id}`, tui.volume.resetPassword, tui.volume.counted(accounts.length))] : []),
    ...(profile.landmarks && canOpen ? [item(`recover ${id}`, tui.recovery.offer)] : []),
    ...(hasBackups && canOpen ? [item(`backups ${id}`, tui.recovery.offerBackups)] : []),
  ];
};

/** What shows no file system may be one whose beginning is damaged; opening it tries to read it all the same. */
const canOpenFiles = (state: State, volume: Volume): boolean => {
  const isKnown = state.disks.lookable?.includes(volume.id) ?? false;
  return !volume.isInUse && (isKnown || (state.disks.lookable !== undefined && volume.filesystem === undefined));
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
    if (chosen === 'files') return startRecovery(here, ref, undefined);
    const [, what, systemId = ''] = /^(\w+) (.*)$/s.exec(chosen) ?? [];
    if (what === 'recover') return startRecovery(here, ref, systemId);
    if (what === 'backups') return startBackups(here, ref, systemId);
    return stay(opened(here, { name: 'accounts', volume: ref, systemId, chosen: undefined }));
  },
};
