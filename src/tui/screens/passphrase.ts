import { Secret } from '../../model/secret.ts';
import { buttonLine, fieldLine } from '../kit/field.ts';
import { emptyLine, line, paragraph } from '../kit/frame.ts';
import { layoutWord, textOf } from '../kit/layout.ts';
import { chosenOf, item, type MenuRow, moved } from '../kit/menu.ts';
import { withoutLast } from '../password-rules.ts';
import type { PassphraseScreen, State } from '../state.ts';
import { backFrom, changed, opened, type Step, stay } from '../step.ts';
import type { VolumeRef } from '../volume-ref.ts';
import type { ScreenDefinition } from './definition.ts';

type Row = 'field' | 'next' | 'show' | 'keyboard';

const places: readonly Row[] = ['field', 'next', 'show', 'keyboard'];
const rows: readonly MenuRow[] = places.map((place) => item(place));

const placeOf = ({ chosen }: PassphraseScreen): Row => places.find((row) => row === chosenOf(rows, chosen)) ?? 'field';

/** Longer ones are taken by no prompt (cryptsetup(8)). */
const longest = 512;

export const passphraseScreen = (volume: VolumeRef): PassphraseScreen => ({
  ...{ name: 'passphrase', volume, typed: new Secret(''), isShown: false, isEmpty: false, chosen: undefined },
});

const edit = (state: State, screen: PassphraseScreen, change: (typed: string) => string): Step => {
  if (placeOf(screen) !== 'field') return stay(state);
  const typed = new Secret(change(screen.typed.reveal()).slice(0, longest));
  return stay(changed(state, { ...screen, typed, isEmpty: false }));
};

/** Back to the disks: what comes to light in the volume stands there. */
const goOn = (state: State, screen: PassphraseScreen): Step => {
  if (screen.typed.reveal() === '') return stay(changed(state, { ...screen, isEmpty: true, chosen: 'field' }));
  return stay(backFrom(backFrom(state)), { kind: 'unlock', passphrase: screen.typed });
};

const press = (state: State, screen: PassphraseScreen): Step => {
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

/** What opens an encrypted volume; it is tried on all that are closed. */
export const passphrase: ScreenDefinition<'passphrase'> = {
  content: (state, screen, area) => {
    const { tui } = textOf(state);
    const { unlock: words } = tui;
    const place = placeOf(screen);
    const typed = screen.typed.reveal();
    return {
      title: words.title(screen.volume.selector),
      lines: [
        ...paragraph(words.intro, area.columns, 'faint'),
        emptyLine,
        fieldLine(words.field, screen.isShown ? typed : '*'.repeat([...typed].length), place === 'field', area.columns),
        emptyLine,
        line(tui.settings.bar(layoutWord(state)), 'faint'),
        emptyLine,
        buttonLine(words.next, place === 'next'),
        buttonLine(screen.isShown ? tui.password.hide : tui.password.show, place === 'show'),
        buttonLine(`${tui.settings.keyboard} …`, place === 'keyboard'),
        emptyLine,
        ...(screen.isEmpty ? paragraph(words.empty, area.columns, 'warning') : []),
      ],
      hints: [tui.keys.choose, tui.keys.next, tui.keys.keyboard, tui.keys.back],
    };
  },

  onKey: (state, screen, key) => {
    if (key === 'backspace') return edit(state, screen, withoutLast);
    if (key === 'clear') return edit(state, screen, () => '');
    if (key === 'escape') return stay(backFrom(state));
    const next = moved(rows, placeOf(screen), key);
    if (next !== undefined) return stay(changed(state, { ...screen, chosen: next, isEmpty: false }));
    return key === 'enter' ? press(state, screen) : stay(state);
  },

  onText: (state, screen, text) => {
    const added = text.replace(/[\r\n]+$/, '');
    return /[\u0000-\u001f\u007f-\u009f]/.test(added) ? stay(state) : edit(state, screen, (typed) => typed + added);
  },
};
