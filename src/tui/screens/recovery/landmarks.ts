import { emptyLine, line, pad, span, widthOf } from '../../kit/frame.ts';
import { textOf } from '../../kit/layout.ts';
import { chosenOf, item, type MenuRow, moved, renderMenu } from '../../kit/menu.ts';
import { sourceOf, systemOf } from '../../recovery/find.ts';
import { signOf } from '../../recovery/marks.ts';
import type { LandmarksScreen, Mark } from '../../recovery/state.ts';
import type { State } from '../../state.ts';
import { backFrom, changed, opened, type Step, stay } from '../../step.ts';
import { titleOfSystem } from '../../words.ts';
import type { ScreenDefinition } from '../definition.ts';
import { chooseDestination, copyLine, mark, remarkLines } from './marking.ts';

const rowsOf = (state: State): readonly MenuRow[] => {
  const { landmarks, folder } = textOf(state).tui.recovery;
  const { landmarks: found = [], marks = [], sourceReading } = state.recovery ?? {};
  if (sourceReading === undefined) return [];
  const width = Math.max(0, ...found.map(({ name }) => widthOf([span(landmarks.names[name])])));
  const places = found.map(({ name, paths }, index) => {
    const signs = new Set(paths.map((path) => signOf(marks, path)));
    const sign = signs.size === 1 ? [...signs].join() : '[-]';
    // In one cell: the words are ours, and there is room for them.
    return item(`${index}`, `${sign} ${pad(landmarks.names[name], width)}  ${paths.join(', ')}`);
  });
  return [...places, { kind: 'gap' }, item('everything', landmarks.everything), item('copy', folder.copy)];
};

/** A set of files is marked by their own paths, a single place with everything in it. */
const marksOf = (state: State, index: number): readonly Mark[] =>
  (state.recovery?.landmarks[index]?.paths ?? []).map((path) => ({ path, kind: 'directory' }));

const openFolder = (state: State, screen: LandmarksScreen, path: string): Step =>
  stay(
    opened(changed(state, { ...screen, remark: undefined }), {
      name: 'folder',
      path,
      chosen: undefined,
      sought: undefined,
      typed: '',
      remark: undefined,
    }),
  );

/** Enter goes to a single place; what is several files is marked as a whole. */
const press = (state: State, screen: LandmarksScreen): Step => {
  if (screen.chosen === 'everything') return openFolder(state, screen, '/');
  if (screen.chosen === 'copy') return chooseDestination(state, screen);
  const index = Number(screen.chosen);
  const [path, ...others] = state.recovery?.landmarks[index]?.paths ?? [];
  if (path === undefined) return stay(state);
  return others.length === 0 ? openFolder(state, screen, path) : mark(state, screen, ...marksOf(state, index));
};

/** The places where a system's people have their files. */
export const landmarks: ScreenDefinition<'landmarks'> = {
  content: (state, screen, area) => {
    const { tui } = textOf(state);
    const { keys, landmarks: words } = tui.recovery;
    const system = systemOf(state);
    const title = words.title(system ? titleOfSystem(system) : (state.recovery?.volume.selector ?? ''));
    if (!sourceOf(state)) return { title, lines: [line(tui.volume.gone, 'warning')], hints: [tui.keys.back] };
    const rows = rowsOf(state);
    if (rows.length === 0) return { title, lines: [line(tui.recovery.opening, 'faint')], hints: [tui.keys.back] };
    const menu = renderMenu(rows, chosenOf(rows, screen.chosen), { ...area, rows: area.rows - 5 });
    const remark = screen.remark ? [emptyLine, ...remarkLines(state, screen.remark, area.columns)] : [];
    return {
      title,
      lines: [copyLine(state), emptyLine, ...menu, ...remark],
      hints: [tui.keys.choose, tui.keys.open, keys.mark, tui.keys.back, keys.copy],
    };
  },

  onKey: (state, screen, key) => {
    if (key === 'escape' || key === 'left') return stay(backFrom(state));
    if (key === 'f5') return chooseDestination(state, screen);
    const rows = rowsOf(state);
    const chosen = chosenOf(rows, screen.chosen);
    const next = moved(rows, chosen, key);
    if (next !== undefined) return stay(changed(state, { ...screen, chosen: next, remark: undefined }));
    return key === 'enter' || key === 'right' ? press(state, { ...screen, chosen }) : stay(state);
  },

  onText: (state, screen, text) => {
    const chosen = chosenOf(rowsOf(state), screen.chosen);
    const marks = marksOf(state, Number(chosen));
    return text === ' ' && marks.length > 0 ? mark(state, { ...screen, chosen }, ...marks) : stay(state);
  },
};

/** While it is found out what a link leads to. */
export const following: ScreenDefinition<'following'> = {
  isBusy: true,
  content: (state) => {
    const { tui } = textOf(state);
    return {
      title: tui.recovery.folder.following,
      lines: [line(tui.recovery.folder.reading, 'faint')],
      hints: [tui.keys.back],
    };
  },
  onKey: (state, _screen, key) => stay(key === 'escape' || key === 'left' ? backFrom(state) : state),
};
