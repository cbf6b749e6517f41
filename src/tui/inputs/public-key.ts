import { encodeBytes, showable } from '../../formats/bytes.ts';
import { longestPublicKeyBytes, parsePublicKey } from '../../formats/public-key.ts';
import type { PublicKeyFlaw } from '../../model/public-key.ts';
import type { KeyFile } from '../../model/station.ts';
import { findTarget } from '../find.ts';
import { buttonLine, fieldLine } from '../kit/field.ts';
import { emptyLine, type Line, paragraph } from '../kit/frame.ts';
import { textOf } from '../kit/layout.ts';
import { chosenOf, item, type MenuRow, moved, renderMenu } from '../kit/menu.ts';
import { withoutLast } from '../password-rules.ts';
import type { ScreenDefinition } from '../screens/definition.ts';
import type { KeyScreen, State } from '../state.ts';
import { askForPlan, backFrom, changed, type Step, stay } from '../step.ts';
import { type InputForm, requestFor } from './form.ts';

const fileKey = (index: number): string => `file ${index}`;

/** The files that were found, first; then the field, and a button for those who look for one. */
const fileRows = (state: State, { files = [] }: KeyScreen): readonly MenuRow[] =>
  files.map(({ name, content }, index) => {
    const parsed = parsePublicKey(content);
    const facts = 'key' in parsed ? [parsed.key.fingerprint, parsed.key.comment] : [textOf(state).tui.key.unusable];
    return item(fileKey(index), showable(name), facts.join(' ').trim());
  });

const rowsOf = (state: State, screen: KeyScreen): readonly MenuRow[] => [
  ...fileRows(state, screen),
  item('field'),
  item('next'),
];

const fileAt = ({ files = [] }: KeyScreen, chosen: string | undefined): KeyFile | undefined =>
  files.find((_, index) => fileKey(index) === chosen);

/** Why there is nothing to choose from. */
const remarkOnFiles = (state: State, { files }: KeyScreen): string | undefined => {
  const { key } = textOf(state).tui;
  if (files === undefined) return key.looking;
  return files.length > 0 ? undefined : key.none[state.station.isRescueMedium ? 'stick' : 'folder'];
};

const reject = (state: State, screen: KeyScreen, rejection: PublicKeyFlaw): Step =>
  stay(changed(state, { ...screen, rejection }));

/** Goes on to the plan, which shows the fingerprint, with the chosen file or with what is typed. */
const goOn = (state: State, screen: KeyScreen, chosen: string | undefined): Step => {
  const parsed = parsePublicKey(fileAt(screen, chosen)?.content ?? encodeBytes(state.typed.publicKey));
  if ('flaw' in parsed) return reject(state, { ...screen, chosen }, parsed.flaw);
  const { operation, target: ref } = screen;
  const target = findTarget(state, ref);
  // The disk was pulled meanwhile: the volume's screen says so.
  if (!target) return stay(backFrom(backFrom(state)));
  const here = changed(state, { ...screen, chosen, rejection: undefined });
  return askForPlan(here, requestFor(operation, target, { kind: 'public-key', value: parsed.key }));
};

const edit = (state: State, screen: KeyScreen, change: (present: string) => string): Step => {
  const publicKey = change(state.typed.publicKey);
  if (publicKey.length > longestPublicKeyBytes) return reject(state, { ...screen, chosen: 'field' }, 'too-large');
  const here = changed(state, { ...screen, chosen: 'field', rejection: undefined });
  return stay({ ...here, typed: { ...state.typed, publicKey } });
};

export const publicKeyForm: InputForm = {
  screen: (_state, operation, target) => ({
    ...{ name: 'key', operation, target, files: undefined, chosen: undefined, rejection: undefined },
  }),
  effects: [{ kind: 'find-keys' }],
};

/** The rows of this screen beside the list of files. */
const rowsBeside = 9;

/** Which public key: from the stick or the folder of the program, pasted or typed. */
export const publicKey: ScreenDefinition<'key'> = {
  content: (state, screen, area) => {
    const text = textOf(state);
    const { tui, errors } = text;
    const chosen = chosenOf(rowsOf(state, screen), screen.chosen);
    const remark = remarkOnFiles(state, screen);
    const files: readonly Line[] = remark
      ? paragraph(remark, area.columns, 'faint')
      : renderMenu(fileRows(state, screen), chosen, { ...area, rows: Math.max(3, area.rows - rowsBeside) });
    return {
      title: tui.key.title(screen.target.account.name),
      lines: [
        ...paragraph(tui.key.intro, area.columns, 'faint'),
        emptyLine,
        ...files,
        emptyLine,
        fieldLine(tui.key.field, state.typed.publicKey.trim(), chosen === 'field', area.columns),
        emptyLine,
        buttonLine(tui.key.next, chosen === 'next'),
        emptyLine,
        ...(screen.rejection
          ? paragraph(errors['key-unusable']({ flaw: screen.rejection }), area.columns, 'warning')
          : []),
      ],
      hints: [tui.keys.choose, tui.keys.next, tui.keys.language, tui.keys.back],
    };
  },

  onKey: (state, screen, key) => {
    const rows = rowsOf(state, screen);
    const chosen = chosenOf(rows, screen.chosen);
    if (key === 'backspace') return chosen === 'field' ? edit(state, screen, withoutLast) : stay(state);
    if (key === 'clear') return chosen === 'field' ? edit(state, screen, () => '') : stay(state);
    if (key === 'escape') return stay(backFrom(state));
    const next = moved(rows, chosen, key);
    if (next !== undefined) return stay(changed(state, { ...screen, chosen: next, rejection: undefined }));
    return key === 'enter' ? goOn(state, screen, chosen) : stay(state);
  },

  onText: (state, screen, text) => edit(state, screen, (present) => present + text),
};
