import { languages, textFor } from '../../text/index.ts';
import { inOrder, layoutName } from '../keyboard-names.ts';
import { emptyLine, paragraph } from '../kit/frame.ts';
import { layoutWord, textOf } from '../kit/layout.ts';
import { chosenOf, item, type MenuRow, moved, renderMenu } from '../kit/menu.ts';
import type { State } from '../state.ts';
import { backFrom, changed, stay } from '../step.ts';
import type { ScreenDefinition } from './definition.ts';

/** Language and keyboard as rows of the first screen, so that nobody needs a function key. */
export const settingRows = (state: State): readonly MenuRow[] => {
  const { tui } = textOf(state);
  // Both words, since somebody may not read the language that is set.
  return [
    item('language', `Language · Langue: ${tui.languageName}`),
    item('keyboard', tui.password.layout(layoutWord(state))),
  ];
};

const languageRows: readonly MenuRow[] = languages.map((language) =>
  item(language, textFor(language).tui.languageName),
);

export const language: ScreenDefinition<'language'> = {
  content: (state, screen, area) => {
    const { tui } = textOf(state);
    return {
      title: 'Language · Langue',
      lines: renderMenu(languageRows, chosenOf(languageRows, screen.chosen, state.language), area),
      hints: [tui.keys.choose, tui.keys.next, tui.keys.back],
    };
  },

  onKey: (state, screen, key) => {
    const chosen = chosenOf(languageRows, screen.chosen, state.language);
    const next = moved(languageRows, chosen, key);
    if (next !== undefined) return stay(changed(state, { ...screen, chosen: next }));
    if (key === 'escape' || key === 'left') return stay(backFrom(state));
    const picked = languages.find((each) => each === chosen);
    return key === 'enter' && picked ? stay({ ...backFrom(state), language: picked }) : stay(state);
  },
};

const layoutRows = ({ station }: State): readonly MenuRow[] =>
  inOrder(station.layouts).map((layout) => item(layout, layout, layoutName(layout)));

/** Why there is nothing to choose, where there is not. */
const whyNot = (state: State): string | undefined => {
  const { settings } = textOf(state).tui;
  const { console: kind, layouts } = state.station;
  if (kind !== 'screen') return settings.keyboardForeign[kind];
  return layouts.length === 0 ? settings.keyboardNone : undefined;
};

export const keyboard: ScreenDefinition<'keyboard'> = {
  content: (state, screen, area) => {
    const { tui } = textOf(state);
    const title = tui.settings.keyboard;
    const reason = whyNot(state);
    if (reason !== undefined) return { title, lines: paragraph(reason, area.columns), hints: [tui.keys.back] };
    const rows = layoutRows(state);
    const menu = renderMenu(rows, chosenOf(rows, screen.chosen, state.station.layout), {
      ...area,
      rows: area.rows - 2,
    });
    return {
      title,
      lines: [...paragraph(tui.settings.keyboardIntro, area.columns, 'faint'), emptyLine, ...menu],
      hints: [tui.keys.choose, tui.keys.next, tui.keys.back],
    };
  },

  onKey: (state, screen, key) => {
    if (key === 'escape' || key === 'left') return stay(backFrom(state));
    if (whyNot(state) !== undefined) return stay(key === 'enter' ? backFrom(state) : state);
    const rows = layoutRows(state);
    const chosen = chosenOf(rows, screen.chosen, state.station.layout);
    const next = moved(rows, chosen, key);
    if (next !== undefined) return stay(changed(state, { ...screen, chosen: next }));
    if (key !== 'enter' || chosen === undefined) return stay(state);
    return stay(backFrom(state), { kind: 'load-layout', layout: chosen });
  },
};
