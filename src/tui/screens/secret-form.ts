import { Secret } from '../../model/secret.ts';
import { buttonLine, fieldLine } from '../kit/field.ts';
import { emptyLine, line, paragraph } from '../kit/frame.ts';
import { type Area, type Content, layoutWord, textOf } from '../kit/layout.ts';
import { chosenOf, item, type MenuRow, moved } from '../kit/menu.ts';
import type { Key } from '../messages.ts';
import { withoutLast } from '../password-rules.ts';
import type { BackupKeyScreen } from '../recovery/state.ts';
import type { PassphraseScreen, State } from '../state.ts';
import { backFrom, changed, opened, type Step, stay } from '../step.ts';

/** A screen that asks for one secret, once. */
type SecretScreen = PassphraseScreen | BackupKeyScreen;

/** What one such screen says. */
interface SecretWords {
  readonly title: string;
  readonly intro: string;
  readonly field: string;
  readonly next: string;
  readonly show: string;
  readonly hide: string;
  /** Why what was typed is not taken. */
  readonly rejected: string | undefined;
}

/** What one such screen does. */
interface SecretForm<S extends SecretScreen> {
  /** Characters; more are not taken. */
  readonly longest: number;
  readonly typed: (state: State, screen: S) => Secret;
  /** The state in which this is typed, and nothing is rejected. */
  readonly withTyped: (state: State, screen: S, typed: Secret) => State;
  readonly unrejected: (screen: S) => S;
  readonly words: (state: State, screen: S) => SecretWords;
  readonly goOn: (state: State, screen: S) => Step;
  /** What was pasted is more than a line, or no text. */
  readonly refuse: (state: State, screen: S) => Step;
}

interface SecretDefinition<S extends SecretScreen> {
  readonly content: (state: State, screen: S, area: Area) => Content;
  readonly onKey: (state: State, screen: S, key: Key) => Step;
  readonly onText: (state: State, screen: S, text: string) => Step;
}

type Row = 'field' | 'next' | 'show' | 'keyboard';

const places: readonly Row[] = ['field', 'next', 'show', 'keyboard'];
const rows: readonly MenuRow[] = places.map((place) => item(place));

const placeOf = ({ chosen }: SecretScreen): Row => places.find((row) => row === chosenOf(rows, chosen)) ?? 'field';

/** A screen with a field that shows stars, and the buttons below it. */
export const secretScreen = <S extends SecretScreen>(form: SecretForm<S>): SecretDefinition<S> => {
  const edit = (state: State, screen: S, change: (typed: string) => string): Step => {
    if (placeOf(screen) !== 'field') return stay(state);
    const typed = change(form.typed(state, screen).reveal()).slice(0, form.longest);
    return stay(form.withTyped(state, screen, new Secret(typed)));
  };

  const press = (state: State, screen: S): Step => {
    switch (placeOf(screen)) {
      case 'field':
      case 'next':
        return form.goOn(state, screen);
      case 'show':
        return stay(changed(state, { ...screen, isShown: !screen.isShown }));
      case 'keyboard':
        return stay(opened(state, { name: 'keyboard', chosen: undefined }));
    }
  };

  return {
    content: (state, screen, area) => {
      const { tui } = textOf(state);
      const words = form.words(state, screen);
      const place = placeOf(screen);
      const typed = form.typed(state, screen).reveal();
      return {
        title: words.title,
        lines: [
          ...paragraph(words.intro, area.columns, 'faint'),
          emptyLine,
          fieldLine(
            words.field,
            screen.isShown ? typed : '*'.repeat([...typed].length),
            place === 'field',
            area.columns,
          ),
          emptyLine,
          line(tui.settings.bar(layoutWord(state)), 'faint'),
          emptyLine,
          buttonLine(words.next, place === 'next'),
          buttonLine(screen.isShown ? words.hide : words.show, place === 'show'),
          buttonLine(`${tui.settings.keyboard} …`, place === 'keyboard'),
          emptyLine,
          ...(words.rejected === undefined ? [] : paragraph(words.rejected, area.columns, 'warning')),
        ],
        hints: [tui.keys.choose, tui.keys.next, tui.keys.keyboard, tui.keys.back],
      };
    },

    onKey: (state, screen, key) => {
      if (key === 'backspace') return edit(state, screen, withoutLast);
      if (key === 'clear') return edit(state, screen, () => '');
      if (key === 'escape') return stay(backFrom(state));
      const next = moved(rows, placeOf(screen), key);
      if (next !== undefined) return stay(changed(state, { ...form.unrejected(screen), chosen: next }));
      return key === 'enter' ? press(state, screen) : stay(state);
    },

    onText: (state, screen, text) => {
      const added = text.replace(/[\r\n]+$/, '');
      if (/[\u0000-\u001f\u007f-\u009f]/.test(added)) return form.refuse(state, screen);
      return edit(state, screen, (typed) => typed + added);
    },
  };
};
