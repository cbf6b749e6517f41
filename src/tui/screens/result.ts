import type { NoticeCode } from '../../model/plan.ts';
import { nextStepsOf, purposeSentence } from '../../text/sentence.ts';
import { type Article, actionOf, articleHints, readOn, renderArticle } from '../kit/article.ts';
import { bullet, emptyLine, type Line, line, paragraph } from '../kit/frame.ts';
import { type Area, textOf } from '../kit/layout.ts';
import { firstScreen, type ResultScreen, type State } from '../state.ts';
import { changed, type Step, stay } from '../step.ts';
import { describeNotice } from '../words.ts';
import type { ScreenDefinition } from './definition.ts';
import { doorParagraphs } from './doors.ts';

/**
 * What is said again when it is done. `hurdle`: it can keep the door shut although the change is in place. `further`: a
 * person should know it for later. `before`: it was about what was typed or written, and the plan said it.
 */
const places: { readonly [C in NoticeCode]: 'hurdle' | 'further' | 'before' } = {
  'password-short': 'before',
  'password-common': 'before',
  'password-non-ascii': 'hurdle',
  'password-beyond-72-bytes': 'before',
  'password-padded': 'before',
  'account-note': 'hurdle',
  'tokens-stay': 'further',
  'keyring-keeps-old': 'hurdle',
  'clock-absurd': 'before',
  'may-have-expired': 'hurdle',
  'journal-replay': 'before',
  'raid-degraded': 'before',
  'one-table-copy': 'before',
  'banned-addresses': 'hurdle',
  'root-ssh': 'hurdle',
  'no-ssh-server': 'hurdle',
  'ssh-setting': 'hurdle',
  'strict-modes': 'hurdle',
  'config-stick': 'hurdle',
  'key-restricted': 'further',
  'rewritten-at-boot': 'hurdle',
  'router-users-next': 'further',
  'type-name-as-stored': 'before',
  'set-for-namesakes': 'before',
  'names-become-one': 'further',
  'last-entry-counts': 'further',
  'other-person': 'before',
  'login-makes-person': 'before',
  'other-data-disk': 'hurdle',
  'volume-mounted': 'before',
  'cannot-look': 'before',
  'partly-unread': 'before',
  'needs-fsck': 'before',
  'profile-failed': 'before',
  'accounts-failed': 'before',
  'corrupt-store-beside': 'further',
  'can-undo': 'before',
  'was-interrupted': 'before',
  'journal-unreadable': 'before',
  'accounts-elsewhere': 'further',
  'lies-elsewhere': 'before',
  'part-missing': 'further',
  'overwrites-newer': 'before',
};

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
  const listed = (title: string, place: 'hurdle' | 'further'): readonly Line[] => {
    const notices = warnings.filter(({ code }) => places[code] === place);
    if (notices.length === 0) return [];
    const words = notices.map((notice) => describeNotice(state, notice));
    return [emptyLine, line(title, 'title'), ...words.flatMap((each) => bullet('!', each, columns, 'warning'))];
  };
  return [
    ...paragraph(`${purposeSentence(text, purpose)}.`, columns),
    ...paragraph(text.operations[purpose.task].verified, columns, 'good'),
    ...doorParagraphs(screen.doors, text.findings.doorsNow, text, columns),
    ...(screen.generated ? [emptyLine, line(text.run.generated(screen.generated.reveal()), 'title')] : []),
    emptyLine,
    line(result.nextSteps, 'title'),
    ...nextSteps(state, screen).flatMap((words, index) => bullet(`${index + 1}.`, words, columns)),
    ...listed(result.mayStillBlock, 'hurdle'),
    ...listed(text.tui.notes, 'further'),
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
