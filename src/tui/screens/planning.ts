import { type Article, actionOf, articleHints, readOn, renderArticle } from '../kit/article.ts';
import { line, paragraph } from '../kit/frame.ts';
import { type Area, textOf } from '../kit/layout.ts';
import type { Wish } from '../messages.ts';
import type { ScreenNamed, State } from '../state.ts';
import { askForPlan, backFrom, changed, stay } from '../step.ts';
import type { Manner } from './manner.ts';

/** While the plan is being made; Escape leaves without waiting for it. */
export const planning: Manner<'planning'> = {
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
  { wish, path }: ScreenNamed<'question'>,
  area: Area,
): Article<Answer> & { readonly title: string } => {
  const { tui } = textOf(state);
  const { undo } = tui;
  const isUndo = wish.task === 'undo';
  const words = isUndo ? undo.force(path) : undo.unlock(wish.target.account.name);
  return {
    title: isUndo ? undo.forceTitle : undo.unlockTitle,
    lines: paragraph(words, area.columns, 'warning'),
    // What takes a decision is never what Enter finds chosen.
    buttons: [
      { action: 'back', label: tui.back },
      { action: 'yes', label: isUndo ? undo.forceYes : undo.unlockYes },
    ],
  };
};

const insisting = (wish: Wish): Wish => (wish.task === 'undo' ? { ...wish, force: true } : { ...wish, unlock: true });

/** Before a lock is lifted or a newer file is overwritten, it is asked for by itself. */
export const question: Manner<'question'> = {
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
    return actionOf(article, screen.reading) === 'yes' ? askForPlan(answered, insisting(screen.wish)) : stay(answered);
  },
};
