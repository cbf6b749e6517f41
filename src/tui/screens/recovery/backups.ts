import { type Backup, isEncrypted } from '../../../engine/recovery/backups.ts';
import { formatSize } from '../../../formats/size.ts';
import { findVolume } from '../../find.ts';
import { emptyLine, type Line, line, paragraph } from '../../kit/frame.ts';
import { type Area, textOf } from '../../kit/layout.ts';
import { chosenOf, item, type MenuRow, moved, renderMenu } from '../../kit/menu.ts';
import type { BackupsScreen } from '../../recovery/state.ts';
import type { State } from '../../state.ts';
import { backFrom, changed, opened, type Step, stay } from '../../step.ts';
import type { ScreenDefinition } from '../definition.ts';
import { backupKeyScreen } from './backup-key.ts';
import { askWhere } from './marking.ts';

const rowsOf = (state: State, screen: BackupsScreen): readonly MenuRow[] => {
  const { backups: words } = textOf(state).tui.recovery;
  const { list } = screen;
  if (!list) return [];
  const isAnyLocked = list.backups.some(isEncrypted);
  const key = item('key', screen.isKeyShown ? words.hideKey : words.showKey);
  return [
    ...list.backups.map((backup, index) => item(`${index}`, ...cellsOf(state, screen, backup))),
    { kind: 'gap' },
    ...(list.backups.length > 0 ? [item('plain', words.plain)] : []),
    ...(isAnyLocked ? [item('decrypted', words.decrypted)] : []),
    ...(isAnyLocked && list.keys.length > 0 ? [item('type', words.typeAnother)] : []),
    ...(list.keys.length > 0 ? [key] : []),
  ];
};

const cellsOf = (state: State, { leftOut }: BackupsScreen, backup: Backup): readonly string[] => {
  const { recovery, tui } = textOf(state);
  const { facts, encryption, path, file, sizeBytes } = backup;
  const locked = isEncrypted(backup) ? recovery.encrypted : recovery.plain;
  const protection = facts || encryption ? locked : tui.recovery.backups.unreadable;
  const date = facts?.date?.slice(0, 16).replace('T', ' ') ?? '';
  const sign = leftOut.includes(path) ? '[ ]' : '[x]';
  return [`${sign} ${date}`, facts?.name ?? file, facts?.type ?? '', formatSize(sizeBytes), protection];
};

const keyLines = (state: State, { list, isKeyShown }: BackupsScreen, area: Area): readonly Line[] => {
  const { recovery } = textOf(state);
  if (list?.keys.length === 0) return paragraph(recovery.keyMissing, area.columns, 'warning');
  if (!isKeyShown) return [];
  return (list?.keys ?? []).flatMap((key) => paragraph(recovery.keyIs(key.reveal()), area.columns, 'good'));
};

const chosenBackups = ({ list, leftOut }: BackupsScreen): readonly Backup[] =>
  (list?.backups ?? []).filter(({ path }) => !leftOut.includes(path));

const toggle = (state: State, screen: BackupsScreen, path: string): Step => {
  const { leftOut } = screen;
  const next = leftOut.includes(path) ? leftOut.filter((each) => each !== path) : [...leftOut, path];
  return stay(changed(state, { ...screen, leftOut: next, remark: undefined }));
};

const press = (state: State, screen: BackupsScreen): Step => {
  const { chosen, list, volume } = screen;
  const backup = list?.backups[Number(chosen)];
  if (backup) return toggle(state, screen, backup.path);
  if (chosen === 'key') return stay(changed(state, { ...screen, isKeyShown: !screen.isKeyShown }));
  const backups = chosenBackups(screen);
  if (backups.length === 0) return stay(changed(state, { ...screen, remark: { kind: 'nothing-marked' } }));
  const here = changed(state, { ...screen, remark: undefined });
  if (chosen === 'plain') return askWhere(here, { kind: 'backups', volume, backups, keys: [] });
  const keys = list?.keys ?? [];
  return chosen === 'decrypted' && keys.length > 0
    ? askWhere(here, { kind: 'backups', volume, backups, keys })
    : stay(opened(here, backupKeyScreen(volume, backups, false)));
};

/** The backups of a Home Assistant, and what opens them. */
export const backups: ScreenDefinition<'backups'> = {
  content: (state, screen, area) => {
    const { tui } = textOf(state);
    const { backups: words, folder, keys } = tui.recovery;
    if (!findVolume(state, screen.volume))
      return { title: words.title, lines: [line(tui.volume.gone, 'warning')], hints: [tui.keys.back] };
    if (!screen.list) return { title: words.title, lines: [line(words.reading, 'faint')], hints: [tui.keys.back] };
    const rows = rowsOf(state, screen);
    const key = keyLines(state, screen, area);
    const remark = screen.remark ? paragraph(folder.remarks['nothing-marked'], area.columns, 'warning') : [];
    const below = [...key, ...remark];
    const room = Math.max(3, area.rows - below.length - 2);
    return {
      title: words.title,
      lines: [...renderMenu(rows, chosenOf(rows, screen.chosen), { ...area, rows: room }), emptyLine, ...below],
      hints: [tui.keys.choose, tui.keys.next, keys.mark, tui.keys.back],
    };
  },

  onKey: (state, screen, key) => {
    if (key === 'escape' || key === 'left') return stay(backFrom(state));
    const rows = rowsOf(state, screen);
    const chosen = chosenOf(rows, screen.chosen);
    const next = moved(rows, chosen, key);
    if (next !== undefined) return stay(changed(state, { ...screen, chosen: next, remark: undefined }));
    return key === 'enter' && chosen !== undefined ? press(state, { ...screen, chosen }) : stay(state);
  },

  onText: (state, screen, text) => {
    const chosen = chosenOf(rowsOf(state, screen), screen.chosen);
    const backup = screen.list?.backups[Number(chosen)];
    return text === ' ' && backup ? toggle(state, { ...screen, chosen }, backup.path) : stay(state);
  },
};
