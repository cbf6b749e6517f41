import type { Backup } from '../../../engine/recovery/backups.ts';
import { parseBackupKeyFile } from '../../../formats/backup-key-file.ts';
import { encodeBytes } from '../../../formats/bytes.ts';
import { Secret } from '../../../model/secret.ts';
import { buttonLine, fieldLine } from '../../kit/field.ts';
import { emptyLine, line, paragraph } from '../../kit/frame.ts';
import { layoutWord, textOf } from '../../kit/layout.ts';
import { chosenOf, item, type MenuRow, moved } from '../../kit/menu.ts';
import { withoutLast } from '../../password-rules.ts';
import type { BackupKeyScreen } from '../../recovery/state.ts';
import type { State } from '../../state.ts';
import { backFrom, changed, opened, type Step, stay } from '../../step.ts';
import type { VolumeRef } from '../../volume-ref.ts';
import type { ScreenDefinition } from '../definition.ts';
import { askWhere } from './marking.ts';

type Row = 'field' | 'next' | 'show' | 'keyboard';

const places: readonly Row[] = ['field', 'next', 'show', 'keyboard'];
const rows: readonly MenuRow[] = places.map((place) => item(place));

const placeOf = ({ chosen }: BackupKeyScreen): Row => places.find((row) => row === chosenOf(rows, chosen)) ?? 'field';

/** @param isRejected the one that was tried did not open them */
export const backupKeyScreen = (
  volume: VolumeRef,
  backups: readonly Backup[],
  isRejected: boolean,
): BackupKeyScreen => ({
  name: 'backup-key',
  volume,
  backups,
  isShown: isRejected,
  rejection: undefined,
  chosen: undefined,
});

const longestKey = 500;

const edit = (state: State, screen: BackupKeyScreen, change: (key: string) => string): Step => {
  if (placeOf(screen) !== 'field') return stay(state);
  const key = new Secret(change(state.typed.key.reveal()).slice(0, longestKey));
  return stay({ ...changed(state, { ...screen, rejection: undefined }), typed: { ...state.typed, key } });
};

const goOn = (state: State, screen: BackupKeyScreen): Step => {
  const key = state.typed.key.reveal().trim();
  if (key === '') return stay(changed(state, { ...screen, rejection: 'empty', chosen: 'field' }));
  const { volume, backups } = screen;
  // Typed from paper, its letters may be small ones.
  const keys = parseBackupKeyFile(encodeBytes(key)).map((each) => new Secret(each));
  return askWhere(changed(state, screen), { kind: 'backups', volume, backups, keys });
};

const press = (state: State, screen: BackupKeyScreen): Step => {
  switch (placeOf(screen)) {
    case 'field':
    case 'next':
      return goOn(state, screen);
    case 'show':
      return stay(changed(state, { ...screen, isShown: !screen.isShown }));
    case 'keyboard':
      return stay(opened(state, { name: 'keyboard', chosen: undefined }));
  }
};

/** A key of backups, typed from the emergency kit. */
export const backupKey: ScreenDefinition<'backup-key'> = {
  content: (state, screen, area) => {
    const { tui } = textOf(state);
    const { backups: words } = tui.recovery;
    const place = placeOf(screen);
    const key = state.typed.key.reveal();
    const shown = screen.isShown ? key : '*'.repeat([...key].length);
    return {
      title: words.keyTitle,
      lines: [
        ...paragraph(words.keyIntro, area.columns, 'faint'),
        emptyLine,
        fieldLine(words.key, shown, place === 'field', area.columns),
        emptyLine,
        line(tui.settings.bar(layoutWord(state)), 'faint'),
        emptyLine,
        buttonLine(words.next, place === 'next'),
        buttonLine(screen.isShown ? words.hide : words.show, place === 'show'),
        buttonLine(`${tui.settings.keyboard} …`, place === 'keyboard'),
        emptyLine,
        ...(screen.rejection ? paragraph(words.rejected[screen.rejection], area.columns, 'warning') : []),
      ],
      hints: [tui.keys.choose, tui.keys.next, tui.keys.keyboard, tui.keys.back],
    };
  },

  onKey: (state, screen, key) => {
    if (key === 'backspace') return edit(state, screen, withoutLast);
    if (key === 'clear') return edit(state, screen, () => '');
    if (key === 'escape') return stay(backFrom(state));
    const next = moved(rows, placeOf(screen), key);
    if (next !== undefined) return stay(changed(state, { ...screen, chosen: next, rejection: undefined }));
    return key === 'enter' ? press(state, screen) : stay(state);
  },

  onText: (state, screen, text) => {
    const added = text.replace(/[\r\n]+$/, '');
    if (/[\u0000-\u001f\u007f-\u009f]/.test(added)) return stay(changed(state, { ...screen, rejection: 'not-a-line' }));
    return edit(state, screen, (key) => key + added);
  },
};
