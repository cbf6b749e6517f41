import { Secret } from '../../model/secret.ts';
import { findTarget } from '../find.ts';
import { clip, emptyLine, type Line, line, pad, paragraph, span, widthOf } from '../kit/frame.ts';
import { type Area, textOf } from '../kit/layout.ts';
import { chosenOf, item, type MenuRow, moved } from '../kit/menu.ts';
import type { Key } from '../messages.ts';
import { addToPassword, judgePasswords, withoutLast } from '../password-rules.ts';
import type { ScreenDefinition } from '../screens/definition.ts';
import type { PasswordScreen, State } from '../state.ts';
import { askForPlan, backFrom, changed, opened, type Step, stay } from '../step.ts';
import { type InputForm, requestFor } from './form.ts';

type PasswordRow = 'first' | 'second' | 'next' | 'show' | 'generate' | 'keyboard';

/** Two fields and four buttons, one below the other, so that up and down reach everything. */
const places: readonly PasswordRow[] = ['first', 'second', 'next', 'show', 'generate', 'keyboard'];
const rows: readonly MenuRow[] = places.map((place) => item(place));

const placeOf = ({ chosen }: PasswordScreen): PasswordRow =>
  places.find((place) => place === chosenOf(rows, chosen)) ?? 'first';

const isField = (place: PasswordRow): place is 'first' | 'second' => place === 'first' || place === 'second';

const fieldColumns = 40;

const labelOf = (state: State, screen: PasswordScreen, place: PasswordRow): string => {
  const { password, settings } = textOf(state).tui;
  switch (place) {
    case 'show':
      return screen.isShown ? password.hide : password.show;
    case 'keyboard':
      return `${settings.keyboard} …`;
    default:
      return password[place];
  }
};

/** A field shows stars, or on request what is typed; of a long one the end. */
const fieldLine = (state: State, screen: PasswordScreen, place: 'first' | 'second', area: Area): Line => {
  const { password } = textOf(state).tui;
  const labels = Math.max(widthOf(line(password.first)), widthOf(line(password.second)));
  const width = Math.max(1, Math.min(fieldColumns, area.columns - labels - 8));
  const isChosen = placeOf(screen) === place;
  const text = screen[place].reveal();
  const shown = screen.isShown ? span(text).text : '*'.repeat([...text].length);
  const end = tailOf(`${shown}${isChosen ? '_' : ''}`, width);
  return [
    span(`${isChosen ? '>' : ' '} ${pad(password[place], labels)}  [`, isChosen ? 'title' : 'plain'),
    span(pad(end, width), isChosen ? 'chosen' : 'field'),
    span(']', isChosen ? 'title' : 'plain'),
  ];
};

const tailOf = (text: string, columns: number): string => {
  let tail = text;
  while (widthOf(line(tail)) > columns) tail = [...tail].slice(1).join('');
  return tail;
};

const buttonLine = (state: State, screen: PasswordScreen, place: PasswordRow, area: Area): Line => {
  const isChosen = placeOf(screen) === place;
  const label = clip(labelOf(state, screen, place), area.columns - 6);
  return [span(isChosen ? `> ${label} <` : `  ${label}  `, isChosen ? 'chosen' : 'plain')];
};

/** Always there: a password typed on the wrong layout is the next lock-out. */
const layoutWords = (state: State): string => {
  const { password } = textOf(state).tui;
  const { console: kind, layout } = state.station;
  if (kind !== 'screen') return password.layoutForeign;
  return layout === undefined ? password.layoutUnknown : password.layout(layout);
};

const remark = (state: State, screen: PasswordScreen, area: Area): readonly Line[] => {
  const { password } = textOf(state).tui;
  if (screen.rejection) return paragraph(password.rejected[screen.rejection], area.columns, 'warning');
  return screen.isGenerated ? paragraph(password.generated, area.columns, 'good') : [];
};

const moveTo = (state: State, screen: PasswordScreen, chosen: PasswordRow): Step =>
  stay(changed(state, { ...screen, chosen, rejection: undefined }));

/** Goes on to the plan, or to the field that is not right yet. */
const goOn = (state: State, screen: PasswordScreen): Step => {
  const rejection = judgePasswords(screen.first.reveal(), screen.second.reveal());
  if (rejection)
    return stay(changed(state, { ...screen, rejection, chosen: rejection === 'empty' ? 'first' : 'second' }));
  const target = findTarget(state, screen.target);
  // The disk was pulled meanwhile: the volume's screen says so.
  if (!target) return stay({ ...backFrom(backFrom(state)), setAside: screen });
  const { operation, first } = screen;
  return askForPlan(
    changed(state, { ...screen, rejection: undefined }),
    requestFor(operation, target, { kind: 'password', value: first }),
  );
};

const press = (state: State, screen: PasswordScreen): Step => {
  switch (placeOf(screen)) {
    case 'first':
      return screen.first.reveal() === '' ? goOn(state, screen) : moveTo(state, screen, 'second');
    case 'second':
    case 'next':
      return goOn(state, screen);
    case 'show':
      return stay(changed(state, { ...screen, isShown: !screen.isShown }));
    case 'generate':
      return stay(state, { kind: 'generate' });
    case 'keyboard':
      return stay(opened(state, { name: 'keyboard', chosen: undefined }));
  }
};

const edit = (state: State, screen: PasswordScreen, change: (present: string) => string): Step => {
  const place = placeOf(screen);
  if (!isField(place)) return stay(state);
  const text = new Secret(change(screen[place].reveal()));
  return stay(changed(state, { ...screen, [place]: text, isGenerated: false, rejection: undefined }));
};

const editing: Partial<Record<Key, (present: string) => string>> = { backspace: withoutLast, clear: () => '' };

/** A password that was being typed for this very account, or an empty one. */
const passwordScreen: InputForm['screen'] = (state, operation, target) => {
  const left = state.setAside;
  const isSame =
    left?.operation === operation &&
    left.target.volume.id === target.volume.id &&
    left.target.systemId === target.systemId &&
    left.target.account.name === target.account.name;
  if (left && isSame) return left;
  const empty = new Secret('');
  return {
    ...{ name: 'password', operation, target, first: empty, second: empty, chosen: undefined },
    ...{ isShown: false, isGenerated: false, rejection: undefined },
  };
};

export const passwordForm: InputForm = { screen: passwordScreen };

export const password: ScreenDefinition<'password'> = {
  content: (state, screen, area) => {
    const { tui } = textOf(state);
    const buttons = places.filter((place) => !isField(place)).map((place) => buttonLine(state, screen, place, area));
    return {
      title: tui.password.title(screen.target.account.name),
      lines: [
        fieldLine(state, screen, 'first', area),
        emptyLine,
        fieldLine(state, screen, 'second', area),
        emptyLine,
        line(layoutWords(state), 'faint'),
        emptyLine,
        ...buttons,
        emptyLine,
        ...remark(state, screen, area),
      ],
      hints: [tui.keys.choose, tui.keys.next, tui.keys.keyboard, tui.keys.language, tui.keys.back],
    };
  },

  onKey: (state, screen, key) => {
    const change = editing[key];
    if (change) return edit(state, screen, change);
    const next = places.find((place) => place === moved(rows, placeOf(screen), key));
    if (next !== undefined) return moveTo(state, screen, next);
    if (key === 'escape') return stay(backFrom(state));
    return key === 'enter' ? press(state, screen) : stay(state);
  },

  onText: (state, screen, text) => {
    const place = placeOf(screen);
    if (!isField(place)) return stay(state);
    const result = addToPassword(screen[place].reveal(), text);
    if ('rejection' in result) return stay(changed(state, { ...screen, rejection: result.rejection }));
    return edit(state, screen, () => result.password);
  },
};
