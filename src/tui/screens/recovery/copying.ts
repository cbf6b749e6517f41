import { showable } from '../../../formats/bytes.ts';
import { formatSize } from '../../../formats/size.ts';
import { formatDuration, paceOf } from '../../../text/progress.ts';
import { type Article, actionOf, readOn, renderArticle } from '../../kit/article.ts';
import { bullet, emptyLine, type Line, line, paragraph, span } from '../../kit/frame.ts';
import { type Area, textOf } from '../../kit/layout.ts';
import type { CopyingScreen, Movement } from '../../recovery/state.ts';
import { destinationName } from '../../recovery/words.ts';
import type { State } from '../../state.ts';
import { changed, type Step, stay } from '../../step.ts';
import type { ScreenDefinition } from '../definition.ts';

/** `[####......] 42 %`: signs, since colour alone would say nothing on a serial line. */
const bar = (done: number, total: number, columns: number): Line => {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  const percent = ` ${Math.floor(share * 100)} %`;
  const width = Math.max(10, Math.min(60, columns - percent.length - 2));
  const filled = Math.floor(share * width);
  return [span(`[${'#'.repeat(filled)}${'.'.repeat(width - filled)}]${percent}`, 'title')];
};

const movementLines = (state: State, movement: Movement, columns: number): readonly Line[] => {
  const { copying } = textOf(state).tui.recovery;
  const { doneBytes, totalBytes, files, current, elapsedMs } = movement;
  const { bytesPerSecond, remainingMs } = paceOf(doneBytes, totalBytes, elapsedMs);
  const amount =
    totalBytes === undefined ? formatSize(doneBytes) : copying.done(formatSize(doneBytes), formatSize(totalBytes));
  const facts = [
    amount,
    copying.files(files),
    copying.rate(formatSize(bytesPerSecond)),
    ...(remainingMs === undefined ? [] : [copying.remaining(formatDuration(remainingMs))]),
  ];
  return [
    ...(totalBytes === undefined ? [] : [bar(doneBytes, totalBytes, columns)]),
    ...paragraph(facts.join('   '), columns),
    emptyLine,
    ...(current === undefined ? [] : bullet('-', showable(current), columns, 'faint').slice(0, 2)),
  ];
};

type Action = 'go-on' | 'stop';

/** What is asked before it stops; nothing otherwise. Going on is what Enter finds chosen. */
const questionOf = (state: State, screen: CopyingScreen): Article<Action>['buttons'] => {
  const { copying } = textOf(state).tui.recovery;
  if (screen.stopping !== 'asked') return [];
  return [
    { action: 'go-on', label: copying.goOn },
    { action: 'stop', label: copying.stop },
  ];
};

const articleOf = (state: State, screen: CopyingScreen, area: Area): Article<Action> => {
  const { copying } = textOf(state).tui.recovery;
  const { movement, stopping, isClosing } = screen;
  const isEnding = stopping === 'yes' || stopping === 'leaving';
  return {
    lines: [
      line(destinationName(screen.destination), 'faint'),
      emptyLine,
      ...(movement ? movementLines(state, movement, area.columns) : [line(copying.starting, 'faint'), emptyLine]),
      emptyLine,
      ...(isClosing ? paragraph(copying.closing, area.columns) : []),
      ...(isEnding && !isClosing ? paragraph(copying.stopping, area.columns, 'warning') : []),
      ...(stopping === 'asked'
        ? paragraph(copying.stopQuestion, area.columns, 'warning')
        : paragraph(copying.doNotUnplug, area.columns, 'warning')),
    ],
    buttons: questionOf(state, screen),
  };
};

/** While it is copied. Escape asks; the copy goes on meanwhile. */
export const copying: ScreenDefinition<'copying'> = {
  isBusy: true,

  content: (state, screen, area) => {
    const { tui } = textOf(state);
    const article = articleOf(state, screen, area);
    const isAsked = screen.stopping === 'asked';
    const canStop = screen.stopping === 'no' && !screen.isClosing ? [tui.recovery.keys.stop] : [];
    return {
      title: tui.recovery.copying.title,
      lines: isAsked ? renderArticle(article, { scroll: 0, button: screen.button }, area) : article.lines,
      hints: isAsked ? [tui.keys.across, tui.keys.next, tui.keys.back] : canStop,
    };
  },

  onKey: (state, screen, key, area) => {
    if (screen.stopping === 'no')
      return key === 'escape' && !screen.isClosing
        ? stay(changed(state, { ...screen, stopping: 'asked', button: 0 }))
        : stay(state);
    if (screen.stopping !== 'asked') return stay(state);
    const article = articleOf(state, screen, area);
    const reading = { scroll: 0, button: screen.button };
    if (key === 'escape') return stay(changed(state, { ...screen, stopping: 'no' }));
    if (key !== 'enter') return stay(changed(state, { ...screen, button: readOn(article, reading, key, area).button }));
    return actionOf(article, reading) === 'stop'
      ? stopCopying(state, screen, 'yes')
      : stay(changed(state, { ...screen, stopping: 'no' }));
  },
};

/** Asks the copy to end early; its answer says what is there by then. */
export const stopCopying = (state: State, screen: CopyingScreen, stopping: 'yes' | 'leaving'): Step =>
  stay(changed(state, { ...screen, stopping }), { kind: 'stop', job: screen.job });
