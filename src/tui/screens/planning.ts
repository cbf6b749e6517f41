import type { PlanRequest } from '../../engine/request.ts';
import { insistenceOn } from '../../text/sentence.ts';
import { type Article, actionOf, articleHints, readOn, renderArticle } from '../kit/article.ts';
import { line, paragraph } from '../kit/frame.ts';
import { type Area, textOf } from '../kit/layout.ts';
import type { ScreenNamed, State } from '../state.ts';
import { askForPlan, backFrom, changed, stay } from '../step.ts';
import type { ScreenDefinition } from './definition.ts';

/** While the plan is being made; Escape leaves without waiting for it. */
export const planning: ScreenDefinition<'planning'> = {
  isBusy: true,

  content: (state) => {
    const { tui } = textOf(state);
    return { title: tui.plan.making, lines: [line(tui.plan.makingHint, 'faint')], hints: [tui.keys.back] };
  },

  onKey: (state, _screen, key) => stay(key === 'escape' ? backFrom(state) : state),
};

type Answer = 'back' | 'yes';

const questionOf = (
  state: State,
  { request, error }: ScreenNamed<'question'>,
  area: Area,
): Article<Answer> & { readonly title: string } => {
  const text = textOf(state);
  const { title, question, yes } = insistenceOn(text, request.operation, error) ?? { title: '', question: '', yes: '' };
  return {
    title,
    lines: paragraph(question, area.columns, 'warning'),
    // What takes a decision is never what Enter finds chosen.
    buttons: [
      { action: 'back', label: text.tui.back },
      { action: 'yes', label: yes },
    ],
  };
};

/** The same request, with the flag set that the yes stands for. */
const insisting = (state: State, { request, error }: ScreenNamed<'question'>): PlanRequest => {
  const input = insistenceOn(textOf(state), request.operation, error)?.input;
  return input === undefined ? request : { ...request, values: { ...request.values, [input]: true } };
};

/** Before a lock is lifted or a newer file is overwritten, it is asked for by itself. */
export const question: ScreenDefinition<'question'> = {
  content: (state, screen, area) => {
    const { title, ...article } = questionOf(state, screen, area);
    const hints = articleHints(article, area, textOf(state));
    return { title, lines: renderArticle(article, screen.reading, area), hints };
  },

  onKey: (state, screen, key, area) => {
    const article = questionOf(state, screen, area);
    if (key === 'escape') return stay(backFrom(state));
    if (key !== 'enter')
      return stay(changed(state, { ...screen, reading: readOn(article, screen.reading, key, area) }));
    const answered = backFrom(state);
    return actionOf(article, screen.reading) === 'yes'
      ? askForPlan(answered, insisting(state, screen))
      : stay(answered);
  },
};
