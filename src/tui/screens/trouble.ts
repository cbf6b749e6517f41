import { type Article, articleHints, readOn, renderArticle } from '../kit/article.ts';
import { paragraph } from '../kit/frame.ts';
import { type Area, spaced, textOf } from '../kit/layout.ts';
import { firstScreen, type ScreenNamed, type State } from '../state.ts';
import { backFrom, changed, lookAgain, stay } from '../step.ts';
import { sayError } from '../words.ts';
import type { ScreenDefinition } from './definition.ts';

const refusalOf = (state: State, { error }: ScreenNamed<'refusal'>, area: Area): Article<'back'> => ({
  lines: spaced(sayError(state, error), area.columns),
  buttons: [{ action: 'back', label: textOf(state).tui.back }],
});

/** Why something was refused or failed, and what to do about it. */
export const refusal: ScreenDefinition<'refusal'> = {
  content: (state, screen, area) => {
    const text = textOf(state);
    const article = refusalOf(state, screen, area);
    const lines = renderArticle(article, screen.reading, area);
    return { title: text.tui.trouble.refused, lines, hints: articleHints(article, area, text) };
  },

  onKey: (state, screen, key, area) => {
    if (key === 'escape' || key === 'enter') return stay(backFrom(state));
    const reading = readOn(refusalOf(state, screen, area), screen.reading, key, area);
    return stay(changed(state, { ...screen, reading }));
  },
};

/** After a fault of our own: a sentence and the way back, nothing that only we could read. */
export const crash: ScreenDefinition<'crash'> = {
  content: (state, { reportPath, reading }, area) => {
    const { tui } = textOf(state);
    const { trouble } = tui;
    const report = reportPath === undefined ? trouble.noReport : trouble.report(reportPath);
    const buttons = [{ action: 'back', label: tui.toFirstScreen }] as const;
    const lines = [...spaced([trouble.crash], area.columns), ...paragraph(report, area.columns, 'faint')];
    return {
      title: trouble.crashTitle,
      lines: renderArticle({ lines, buttons }, reading, area),
      hints: [tui.keys.back],
    };
  },

  onKey: (state, _screen, key) =>
    key === 'escape' || key === 'enter' ? lookAgain({ ...state, screens: [firstScreen] }) : stay(state),
};
