import { receiptFiles } from '../../../engine/recovery/keep-receipt.ts';
import { showable } from '../../../formats/bytes.ts';
import { isComplete } from '../../../model/receipt.ts';
import { countProblems, countsOf, formatProblem } from '../../../text/receipt.ts';
import { type Article, actionOf, articleHints, readOn, renderArticle } from '../../kit/article.ts';
import { bullet, emptyLine, type Line, line, paragraph } from '../../kit/frame.ts';
import { type Area, textOf } from '../../kit/layout.ts';
import type { CopiedScreen, Outcome } from '../../recovery/state.ts';
import { isWhole } from '../../recovery/update.ts';
import { readingLines } from '../../recovery/words.ts';
import { firstScreen, type State } from '../../state.ts';
import { changed, type Step, stay } from '../../step.ts';
import { sayError } from '../../words.ts';
import type { ScreenDefinition } from '../definition.ts';
import { backupKeyScreen } from './backup-key.ts';

type Filed = Extract<Outcome, { kind: 'files' }>;
type Exported = Extract<Outcome, { kind: 'backups' }>;

const fileLines = (state: State, { receipt }: Filed, columns: number): readonly Line[] => {
  const text = textOf(state);
  const { recovery } = text;
  const { copied } = text.tui.recovery;
  const { summary, reading, to } = receipt;
  const problems = summary.problems.map((problem) => formatProblem(problem, text));
  const total = countProblems(receipt);
  const renamed = summary.renamed.map(({ path, to: name }) => `${showable(path)} -> ${showable(name)}`);
  return [
    ...(isComplete(receipt)
      ? paragraph(recovery.allCopied, columns, 'good')
      : paragraph(recovery.notAllCopied, columns, 'warning')),
    ...countsOf(receipt, text).flatMap((words) => paragraph(words, columns)),
    ...paragraph(copied.in(to), columns),
    ...paragraph(copied.receipts(summary.manifest, receiptFiles.text), columns),
    ...readingLines(state, reading, columns),
    ...(summary.stoppedBy
      ? sayError(state, summary.stoppedBy).flatMap((words) => paragraph(words, columns, 'warning'))
      : []),
    ...(total > 0 ? [emptyLine, line(recovery.problems(total), 'title')] : []),
    ...problems.flatMap((words) => bullet('!', words, columns, 'warning')),
    ...(total > problems.length ? paragraph(recovery.moreProblems(total - problems.length), columns) : []),
    ...(renamed.length > 0 ? [emptyLine, ...paragraph(recovery.renamed(summary.renamedCount), columns, 'title')] : []),
    ...renamed.flatMap((words) => bullet('-', words, columns)),
  ];
};

const backupLines = (
  state: State,
  { written, existing, failed, remarks }: Exported,
  columns: number,
): readonly Line[] => {
  const text = textOf(state);
  const { recovery, refusals } = text.tui;
  const leftAlone = existing.map((path) => refusals.errors['target-exists']({ path }));
  return [
    ...written.flatMap((path) => bullet('-', text.recovery.exported(path), columns, 'good')),
    ...remarks.flatMap((remark) => bullet('!', text.recovery.backupRemark(remark), columns, 'warning')),
    ...leftAlone.flatMap((words) => bullet('-', words, columns)),
    ...(failed.length > 0 ? [emptyLine, line(recovery.copied.notWritten, 'title')] : []),
    ...failed.flatMap(({ error }) => sayError(state, error).flatMap((words) => bullet('!', words, columns, 'warning'))),
  ];
};

const nextSteps = (state: State, screen: CopiedScreen): readonly string[] => {
  const { copied } = textOf(state).tui.recovery;
  const { destination, outcome } = screen;
  const again = isWhole(screen) ? [] : [isStopped(outcome) ? copied.resumes : copied.tryAgain];
  const unplug = destination.kind === 'place' ? [copied.unplugStick] : [];
  const check = outcome.kind === 'files' ? [copied.check(outcome.receipt.summary.manifest)] : [];
  return [...again, ...unplug, ...check];
};

const isStopped = (outcome: Outcome): boolean =>
  outcome.kind === 'files' ? outcome.receipt.summary.stoppedBy !== undefined : outcome.isStopped;

type Action = 'again' | 'other-key' | 'more' | 'first';

const articleOf = (state: State, screen: CopiedScreen, area: Area): Article<Action> => {
  const { tui } = textOf(state);
  const { copied } = tui.recovery;
  const { outcome, cargo } = screen;
  const { columns } = area;
  const isLocked = outcome.kind === 'backups' && outcome.failed.some(({ error }) => isWrongKey(error));
  return {
    lines: [
      ...(outcome.kind === 'files' ? fileLines(state, outcome, columns) : backupLines(state, outcome, columns)),
      emptyLine,
      line(copied.nextSteps, 'title'),
      ...nextSteps(state, screen).flatMap((words, index) => bullet(`${index + 1}.`, words, columns)),
    ],
    buttons: [
      ...(isLocked ? [{ action: 'other-key', label: copied.otherKey } as const] : []),
      ...(!isLocked && !isWhole(screen) ? [{ action: 'again', label: copied.again } as const] : []),
      { action: 'more', label: cargo.kind === 'files' ? copied.more : tui.back },
      { action: 'first', label: copied.done },
    ],
  };
};

const isWrongKey = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'wrong-backup-key';

/** The screen before the copy stands below this one's place: the question where to. */
const press = (state: State, screen: CopiedScreen, action: Action | undefined): Step => {
  const { cargo, destination } = screen;
  const until = state.screens.findLastIndex(({ name }) => chosenAt.has(name));
  const where = { ...state, screens: state.screens.slice(0, until + 1) };
  switch (action) {
    case 'again': {
      const job = state.lastJob + 1;
      const copy = {
        name: 'copy',
        cargo,
        destination,
        job,
        isArmed: false,
        reading: { scroll: 0, button: 0 },
      } as const;
      return stay({ ...changed(state, copy), lastJob: job }, { kind: 'arm', job });
    }
    case 'other-key':
      return cargo.kind === 'backups'
        ? stay({ ...where, screens: [...where.screens, backupKeyScreen(cargo.volume, cargo.backups, true)] })
        : stay(where);
    case 'more':
      return stay(until < 0 ? { ...state, screens: [firstScreen] } : where);
    default:
      return stay({ ...state, screens: [firstScreen] });
  }
};

/** Where somebody said what they want. */
const chosenAt: ReadonlySet<string> = new Set(['folder', 'landmarks', 'backups']);

/** What the copy came to, and what to do next. */
export const copied: ScreenDefinition<'copied'> = {
  content: (state, screen, area) => {
    const text = textOf(state);
    const { copied: words } = text.tui.recovery;
    const article = articleOf(state, screen, area);
    const partly = isStopped(screen.outcome) ? words.titleStopped : words.titlePartly;
    return {
      title: isWhole(screen) ? words.title : partly,
      lines: renderArticle(article, screen.reading, area),
      hints: articleHints(article, area, text),
    };
  },

  onKey: (state, screen, key, area) => {
    const article = articleOf(state, screen, area);
    if (key === 'escape') return press(state, screen, 'more');
    if (key === 'enter') return press(state, screen, actionOf(article, screen.reading));
    return stay(changed(state, { ...screen, reading: readOn(article, screen.reading, key, area) }));
  },
};
