import type { NoticeCode } from '../../model/plan.ts';
import { nextStepsOf, purposeSentence } from '../../text/sentence.ts';
import { type Article, actionOf, articleHints, readOn, renderArticle } from '../kit/article.ts';
import { bullet, emptyLine, type Line, line, paragraph } from '../kit/frame.ts';
import { type Area, textOf } from '../kit/layout.ts';
import { firstScreen, type ResultScreen, type State } from '../state.ts';
import { changed, type Step, stay } from '../step.ts';
import { describeNotice } from '../words.ts';
import type { ScreenDefinition } from './definition.ts';

/** What can keep the door shut although the password is right. */
const isHurdle: ReadonlySet<NoticeCode> = new Set([
  'account-note',
  'banned-addresses',
  'keyring-keeps-old',
  'other-data-disk',
  'password-non-ascii',
  'rewritten-at-boot',
  'root-ssh',
]);

/** What a person should still know when it is done; the rest was about the password or the writing, or is said above. */
const isWorthKnowing: ReadonlySet<NoticeCode> = new Set(['tokens-stay', 'corrupt-store-beside']);

const nextSteps = (state: State, { prepared, realm }: ResultScreen): readonly string[] => {
  const text = textOf(state);
  const { result } = text.tui;
  const { purpose } = prepared.plan;
  const start = state.station.isRescueMedium ? result.removeStick : result.unplugDisk;
  return [start, ...nextStepsOf(text, purpose, realm ?? 'linux')];
};

const linesOf = (state: State, screen: ResultScreen, columns: number): readonly Line[] => {
  const text = textOf(state);
  const { result } = text.tui;
  const { purpose, warnings } = screen.prepared.plan;
  const listed = (title: string, codes: ReadonlySet<NoticeCode>): readonly Line[] => {
    const notices = warnings.filter(({ code }) => codes.has(code));
    if (notices.length === 0) return [];
    const words = notices.map((notice) => describeNotice(state, notice));
    return [emptyLine, line(title, 'title'), ...words.flatMap((each) => bullet('!', each, columns, 'warning'))];
  };
  return [
    ...paragraph(`${purposeSentence(text, purpose)}.`, columns),
    ...paragraph(text.operations[purpose.task].verified, columns, 'good'),
    ...(screen.generated ? [emptyLine, line(text.run.generated(screen.generated.reveal()), 'title')] : []),
    emptyLine,
    line(result.nextSteps, 'title'),
    ...nextSteps(state, screen).flatMap((words, index) => bullet(`${index + 1}.`, words, columns)),
    ...listed(result.mayStillBlock, isHurdle),
    ...listed(text.tui.notes, isWorthKnowing),
  ];
};

type Action = 'first' | 'restart' | 'power-off' | 'quit';

const articleOf = (state: State, screen: ResultScreen, area: Area): Article<Action> => {
  const { tui } = textOf(state);
  const toFirst = { action: 'first', label: tui.toFirstScreen } as const;
  return {
    lines: linesOf(state, screen, area.columns),
    buttons: state.station.isRescueMedium
      ? [{ action: 'restart', label: tui.leave.restart }, { action: 'power-off', label: tui.leave.powerOff }, toFirst]
      : [toFirst, { action: 'quit', label: tui.leave.quit }],
  };
};

const press = (state: State, action: Action | undefined): Step => {
  switch (action) {
    case 'restart':
    case 'power-off':
      return stay(changed(state, { name: 'leaving', way: action }), { kind: action });
    case 'quit':
      return stay(state, { kind: 'quit', exitCode: 0, words: [] });
    default:
      return stay({ ...state, screens: [firstScreen] });
  }
};

export const result: ScreenDefinition<'result'> = {
  content: (state, screen, area) => {
    const text = textOf(state);
    const article = articleOf(state, screen, area);
    return {
      title: text.tui.result.title,
      lines: renderArticle(article, screen.reading, area),
      hints: articleHints(article, area, text),
    };
  },

  onKey: (state, screen, key, area) => {
    const article = articleOf(state, screen, area);
    if (key === 'escape') return press(state, 'first');
    if (key === 'enter') return press(state, actionOf(article, screen.reading));
    return stay(changed(state, { ...screen, reading: readOn(article, screen.reading, key, area) }));
  },
};
