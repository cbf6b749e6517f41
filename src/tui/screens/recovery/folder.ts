import { formatSize } from '../../../formats/size.ts';
import type { Entry } from '../../../model/tree.ts';
import { emptyLine, type Line, line, paragraph } from '../../kit/frame.ts';
import { type Area, textOf } from '../../kit/layout.ts';
import { item, type MenuRow, renderMenu } from '../../kit/menu.ts';
import type { Key } from '../../messages.ts';
import { withoutLast } from '../../password-rules.ts';
import { sourceOf } from '../../recovery/find.ts';
import { pathIn, signOf } from '../../recovery/marks.ts';
import type { FolderScreen, Listing } from '../../recovery/state.ts';
import type { State } from '../../state.ts';
import { backFrom, changed, opened, type Step, stay } from '../../step.ts';
import type { ScreenDefinition } from '../definition.ts';
import { chooseDestination, copyLine, follow, mark, remarkLines } from './marking.ts';

/** Above the entries: what can be done with all of them. Fixed rows, so that nothing moves under anybody's finger. */
type Action = 'copy' | 'landmarks' | 'whole';

const actionsOf = ({ recovery }: State): readonly Action[] =>
  recovery && recovery.landmarks.length > 0 ? ['copy', 'landmarks', 'whole'] : ['copy', 'whole'];

/** What is shown of this folder; undefined until it was read. */
const listingOf = ({ recovery }: State, { path }: FolderScreen): Listing | undefined =>
  recovery?.listing?.path === path && recovery.listing.entries ? recovery.listing : undefined;

const entriesOf = (state: State, screen: FolderScreen): readonly Entry[] => listingOf(state, screen)?.entries ?? [];

const chosenOf = (state: State, screen: FolderScreen): number => {
  const first = actionsOf(state).length;
  const entries = entriesOf(state, screen);
  const last = first + entries.length - 1;
  if (screen.chosen !== undefined) return Math.min(screen.chosen, last);
  const sought = screen.sought === undefined ? 0 : entries.findIndex(({ name }) => name === screen.sought);
  return Math.min(first + Math.max(sought, 0), last);
};

/** The lines around the list: what is marked, a blank one, and room for a remark below another. */
const linesAround = 5;

/** The rows that are on the screen. Only these are ever looked at, however many there are. */
const windowOf = (state: State, screen: FolderScreen, area: Area) => {
  const count = actionsOf(state).length + entriesOf(state, screen).length;
  const rows = Math.max(3, area.rows - linesAround);
  const chosen = chosenOf(state, screen);
  const first = Math.min(Math.max(0, chosen - Math.floor(rows / 2)), Math.max(0, count - rows));
  return { first, end: Math.min(count, first + rows), chosen, rows, count };
};

/** The entries that are on the screen. */
export const shownEntries = (state: State, screen: FolderScreen, area: Area): readonly Entry[] => {
  const { first, end } = windowOf(state, screen, area);
  const actions = actionsOf(state).length;
  return entriesOf(state, screen).slice(Math.max(0, first - actions), Math.max(0, end - actions));
};

const rowAt = (state: State, screen: FolderScreen, index: number): MenuRow => {
  const { folder } = textOf(state).tui.recovery;
  const marks = state.recovery?.marks ?? [];
  const action = actionsOf(state)[index];
  if (action === 'whole') return item(`${index}`, `${signOf(marks, screen.path)} ${folder.whole}`);
  if (action !== undefined) return item(`${index}`, folder[action]);
  const entry = entriesOf(state, screen)[index - actionsOf(state).length];
  return entry ? item(`${index}`, ...cellsOf(state, screen, entry)) : { kind: 'gap' };
};

const sizeColumns = 9;
const dateColumns = 16;

/** The name comes last, since it is what has to be read to its end. */
const cellsOf = (state: State, screen: FolderScreen, { name, kind }: Entry): readonly string[] => {
  const { folder } = textOf(state).tui.recovery;
  const path = pathIn(screen.path, name);
  if (kind === 'symlink' || kind === 'other') {
    const word = kind === 'symlink' ? folder.link : folder.special;
    return ['   ', word.padStart(sizeColumns), ' '.repeat(dateColumns), name];
  }
  const { sizeBytes, modifiedAtMs } = listingOf(state, screen)?.details.get(name) ?? {};
  const size = kind === 'file' && sizeBytes !== undefined ? formatSize(sizeBytes) : '';
  const date = modifiedAtMs === undefined ? '' : dateOf(modifiedAtMs);
  const shown = kind === 'directory' ? `${name}/` : name;
  return [signOf(state.recovery?.marks ?? [], path), size.padStart(sizeColumns), date.padEnd(dateColumns), shown];
};

/** As on the disk, which knows no time zone. A stranger's disk may hold times that no calendar has. */
const dateOf = (ms: number): string => {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, dateColumns).replace('T', ' ');
};

const listLines = (state: State, screen: FolderScreen, area: Area): readonly Line[] => {
  const { folder } = textOf(state).tui.recovery;
  const listing = listingOf(state, screen);
  if (!listing) return [line(folder.reading, 'faint')];
  const { first, end, chosen, rows } = windowOf(state, screen, area);
  const shown = Array.from({ length: end - first }, (_, index) => rowAt(state, screen, first + index));
  const lines = renderMenu(shown, `${chosen}`, { ...area, rows });
  return listing.entries?.length === 0 ? [...lines, line(folder.empty, 'faint')] : lines;
};

const cutNote = (state: State, screen: FolderScreen, columns: number): readonly Line[] => {
  const listing = listingOf(state, screen);
  if (!listing?.isCut) return [];
  const { folder } = textOf(state).tui.recovery;
  return paragraph(folder.cut(`${listing.entries?.length ?? 0}`), columns, 'warning');
};

const moveBy: Partial<Record<Key, (chosen: number, rows: number, count: number) => number>> = {
  up: (chosen) => chosen - 1,
  down: (chosen) => chosen + 1,
  tab: (chosen) => chosen + 1,
  'page-up': (chosen, rows) => chosen - rows + 1,
  'page-down': (chosen, rows) => chosen + rows - 1,
  home: () => 0,
  end: (_chosen, _rows, count) => count - 1,
};

export const folder: ScreenDefinition<'folder'> = {
  content: (state, screen, area) => {
    const { tui } = textOf(state);
    const { keys, folder: words } = tui.recovery;
    const title = words.title(screen.path);
    if (!sourceOf(state)) return { title, lines: [line(tui.volume.gone, 'warning')], hints: [tui.keys.back] };
    const remark = screen.remark ? remarkLines(state, screen.remark, area.columns) : [];
    const sought =
      screen.typed === '' ? cutNote(state, screen, area.columns) : [line(words.goingTo(screen.typed), 'title')];
    const note = remark.length > 0 ? remark : sought;
    const below = note.length > 0 ? [emptyLine, ...note] : [];
    return {
      title,
      lines: [copyLine(state), emptyLine, ...listLines(state, screen, area), ...below],
      hints: [tui.keys.choose, tui.keys.open, keys.mark, tui.keys.back, keys.copy, keys.landmarks, keys.goTo].filter(
        (hint) => hint !== keys.landmarks || actionsOf(state).includes('landmarks'),
      ),
    };
  },

  onKey: (state, screen, key, area) => {
    if (key === 'escape' || key === 'left') return stay(backFrom(state));
    if (key === 'f4' && actionsOf(state).includes('landmarks')) return goToLandmarks(state);
    if (key === 'f5') return chooseDestination(state, screen);
    if (!listingOf(state, screen)) return stay(state);
    const { chosen, rows, count } = windowOf(state, screen, area);
    const target = moveBy[key]?.(chosen, rows, count);
    if (target !== undefined) {
      const next = Math.min(Math.max(0, target), count - 1);
      return stay(changed(state, { ...screen, chosen: next, typed: '', remark: undefined }));
    }
    if (key === 'backspace' || key === 'clear')
      return stay(goToName(state, { ...screen, chosen }, key === 'clear' ? '' : withoutLast(screen.typed)));
    return key === 'enter' || key === 'right' ? press(state, { ...screen, chosen }, key) : stay(state);
  },

  onText: (state, screen, text) => {
    if (!listingOf(state, screen)) return stay(state);
    const chosen = chosenOf(state, screen);
    const here: FolderScreen = { ...screen, chosen };
    if (text !== ' ') return stay(isPrintable(text) ? goToName(state, here, screen.typed + text) : state);
    const action = actionsOf(state)[chosen];
    if (action === 'whole') return mark(state, here, { path: screen.path, kind: 'directory' });
    return action === undefined ? markEntry(state, here) : stay(state);
  },
};

const isPrintable = (text: string): boolean => !/[\u0000-\u001f\u007f-\u009f]/.test(text);

/** Nobody types more to find a name. */
const longestTyped = 60;

/** To the first entry whose name begins like this, capital letters or not. */
const goToName = (state: State, screen: FolderScreen, typed: string): State => {
  const wanted = typed.slice(0, longestTyped).toLowerCase();
  const index = entriesOf(state, screen).findIndex(({ name }) => name.toLowerCase().startsWith(wanted));
  const chosen = index < 0 || wanted === '' ? screen.chosen : actionsOf(state).length + index;
  return changed(state, { ...screen, chosen, typed: typed.slice(0, longestTyped), remark: undefined });
};

const entryAt = (state: State, screen: FolderScreen): Entry | undefined =>
  entriesOf(state, screen)[(screen.chosen ?? 0) - actionsOf(state).length];

const markEntry = (state: State, screen: FolderScreen): Step => {
  const entry = entryAt(state, screen);
  if (!entry) return stay(state);
  const { name, kind } = entry;
  if (kind === 'symlink') return stay(changed(state, { ...screen, remark: { kind: 'link' } }));
  if (kind === 'other') return stay(changed(state, { ...screen, remark: { kind: 'special-file' } }));
  return mark(state, screen, { path: pathIn(screen.path, name), kind });
};

/** Back to them where somebody came from there. */
const goToLandmarks = (state: State): Step => {
  const at = state.screens.findLastIndex(({ name }) => name === 'landmarks');
  if (at >= 0) return stay({ ...state, screens: state.screens.slice(0, at + 1) });
  return stay(opened(state, { name: 'landmarks', chosen: undefined, remark: undefined }));
};

/** Enter goes into a folder and marks a file, so that it suffices for everything. Right only goes. */
const press = (state: State, screen: FolderScreen, key: Key): Step => {
  const action = actionsOf(state)[screen.chosen ?? 0];
  const isEnter = key === 'enter';
  if (action === 'copy') return isEnter ? chooseDestination(state, screen) : stay(state);
  if (action === 'landmarks') return goToLandmarks(changed(state, screen));
  if (action === 'whole') return isEnter ? mark(state, screen, { path: screen.path, kind: 'directory' }) : stay(state);
  const entry = entryAt(state, screen);
  if (!entry) return stay(state);
  const path = pathIn(screen.path, entry.name);
  const here = changed(state, { ...screen, typed: '', remark: undefined });
  if (entry.kind === 'directory')
    return stay(
      opened(here, { name: 'folder', path, chosen: undefined, sought: undefined, typed: '', remark: undefined }),
    );
  if (entry.kind === 'symlink') return follow(here, path);
  return isEnter ? markEntry(state, screen) : stay(state);
};
