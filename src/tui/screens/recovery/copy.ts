import { showable } from '../../../formats/bytes.ts';
import { formatSize } from '../../../formats/size.ts';
import { findVolume } from '../../find.ts';
import { type Article, actionOf, articleHints, readOn, renderArticle } from '../../kit/article.ts';
import { bullet, emptyLine, type Line, line, pad, paragraph, span, widthOf } from '../../kit/frame.ts';
import { type Area, textOf } from '../../kit/layout.ts';
import type { CopyScreen } from '../../recovery/state.ts';
import { destinationPath, freeBytesOf, readingLines } from '../../recovery/words.ts';
import type { State } from '../../state.ts';
import { backFrom, changed, type Step, stay } from '../../step.ts';
import { describeVolume } from '../../words.ts';
import type { ScreenDefinition } from '../definition.ts';

/** How many names a summary lists. */
const namesShown = 6;

const whatLines = (state: State, { cargo }: CopyScreen): readonly string[] => {
  const { copy } = textOf(state).tui.recovery;
  const names =
    cargo.kind === 'files'
      ? (state.recovery?.marks ?? []).map(({ path, kind }) =>
          kind === 'directory' && path !== '/' ? `${path}/` : path,
        )
      : cargo.backups.map(({ file }) => file);
  const left = names.length - namesShown;
  return [...names.slice(0, namesShown), ...(left > 0 ? [copy.more(left)] : [])];
};

/** What would be copied, in bytes; undefined while that is not known. */
const bytesOf = (state: State, { cargo }: CopyScreen): number | undefined => {
  if (cargo.kind === 'backups') return cargo.backups.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const count = state.recovery?.count;
  return count?.isDone ? count.size.bytes : undefined;
};

const amountOf = (state: State, screen: CopyScreen): string => {
  const { copy } = textOf(state).tui.recovery;
  const { cargo } = screen;
  if (cargo.kind === 'backups')
    return `${copy.backups(cargo.backups.length)}, ${formatSize(bytesOf(state, screen) ?? 0)}`;
  const { files = 0, bytes = 0 } = state.recovery?.count?.size ?? {};
  const amount = copy.amountOf(formatSize(bytes), files);
  return state.recovery?.count?.isDone ? amount : copy.soFar(amount);
};

const isTooLarge = (state: State, screen: CopyScreen): boolean => {
  const free = freeBytesOf(screen.destination);
  const bytes = bytesOf(state, screen);
  return free !== undefined && bytes !== undefined && bytes > free;
};

/** A short list with names at its left. */
const factLines = (facts: readonly (readonly [string, string])[], columns: number): readonly Line[] => {
  const width = Math.max(...facts.map(([name]) => widthOf([span(name)]))) + 2;
  return facts.flatMap(([name, value]) =>
    paragraph(value, columns - width).map((words, index) => [
      span(pad(index === 0 ? name : '', width), 'faint'),
      ...words,
    ]),
  );
};

type Action = 'start' | 'back';

const articleOf = (state: State, screen: CopyScreen, area: Area): Article<Action> => {
  const text = textOf(state);
  const { copy } = text.tui.recovery;
  const { cargo, destination } = screen;
  const volume = findVolume(state, cargo.volume);
  const free = freeBytesOf(destination);
  const reading = state.recovery?.sourceReading;
  const [first = '', ...others] = whatLines(state, screen);
  const back = { action: 'back', label: text.tui.back } as const;
  const tooLarge = isTooLarge(state, screen);
  return {
    lines: [
      ...factLines(
        [
          [copy.what, showable(first)],
          ...others.map((name) => ['', showable(name)] as const),
          [copy.amount, amountOf(state, screen)],
          [copy.from, showable(`${cargo.volume.selector}${volume ? `: ${describeVolume(state, volume)}` : ''}`)],
          [copy.to, showable(destinationPath(destination, volume))],
          [copy.free, free === undefined ? text.tui.recovery.destinations.freeUnknown : formatSize(free)],
        ],
        area.columns,
      ),
      emptyLine,
      ...(cargo.kind === 'files' && reading ? readingLines(state, reading, area.columns) : []),
      ...(cargo.kind === 'backups' && cargo.keys.length > 0
        ? bullet('!', copy.decrypted, area.columns, 'warning')
        : []),
      ...(tooLarge ? bullet('!', copy.tooLarge, area.columns, 'warning') : [line(copy.readOnly, 'faint')]),
    ],
    buttons: tooLarge || !volume ? [back] : [{ action: 'start', label: copy.start, isWaiting: !screen.isArmed }, back],
  };
};

const start = (state: State, screen: CopyScreen): Step => {
  const { cargo, destination } = screen;
  const volume = findVolume(state, cargo.volume);
  if (!volume) return stay(state);
  const job = state.lastJob + 1;
  const paths = (state.recovery?.marks ?? []).map(({ path }) => path);
  const copying = {
    name: 'copying',
    job,
    cargo,
    destination,
    movement: undefined,
    isClosing: false,
    stopping: 'no',
    button: 0,
  } as const;
  const copy = { kind: 'copy', job, volume, paths, cargo, destination, language: state.language } as const;
  return stay({ ...changed(state, copying), lastJob: job }, copy);
};

/** What, from where, where to: the last question before a copy. */
export const copy: ScreenDefinition<'copy'> = {
  content: (state, screen, area) => {
    const text = textOf(state);
    const article = articleOf(state, screen, area);
    return {
      title: text.tui.recovery.copy.title,
      lines: renderArticle(article, screen.reading, area),
      hints: articleHints(article, area, text),
    };
  },

  onKey: (state, screen, key, area) => {
    const article = articleOf(state, screen, area);
    if (key === 'escape') return stay(backFrom(state));
    if (key !== 'enter')
      return stay(changed(state, { ...screen, reading: readOn(article, screen.reading, key, area) }));
    if (actionOf(article, screen.reading) !== 'start') return stay(backFrom(state));
    if (screen.isArmed) return start(state, screen);
    // Held down since the screen before: every further one starts the moment of waiting anew.
    const job = state.lastJob + 1;
    return stay({ ...changed(state, { ...screen, job }), lastJob: job }, { kind: 'arm', job });
  },
};
