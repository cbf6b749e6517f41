import { formatSize } from '../../../formats/size.ts';
import type { TargetVolume } from '../../../model/recovery.ts';
import { findVolume } from '../../find.ts';
import { fieldLine } from '../../kit/field.ts';
import { emptyLine, line, paragraph } from '../../kit/frame.ts';
import { textOf } from '../../kit/layout.ts';
import { chosenOf, item, type MenuRow, moved, renderMenu } from '../../kit/menu.ts';
import { fromTheTop } from '../../kit/text-position.ts';
import { withoutLast } from '../../password-rules.ts';
import type { Cargo, Destination, DestinationsScreen, TypedFolderScreen } from '../../recovery/state.ts';
import type { State } from '../../state.ts';
import { backFrom, changed, opened, type Step, stay } from '../../step.ts';
import { sayError } from '../../words.ts';
import type { ScreenDefinition } from '../definition.ts';

const placeRow = (state: State, { volume, isOwnMedium, freeBytes }: TargetVolume, index: number): MenuRow => {
  const { tui } = textOf(state);
  const { destinations } = tui.recovery;
  const free = freeBytes === undefined ? destinations.freeUnknown : destinations.free(formatSize(freeBytes));
  const label = volume.filesystem?.label ?? volume.partLabel ?? '';
  const owner = isOwnMedium ? tui.disks.thisStick : (volume.filesystem?.type ?? '');
  return item(`${index}`, volume.selector, label, free, owner);
};

const rowsOf = (state: State, { places }: DestinationsScreen): readonly MenuRow[] => {
  const { destinations } = textOf(state).tui.recovery;
  const found = (places ?? []).map((place, index) => placeRow(state, place, index));
  const none: readonly MenuRow[] = places?.length === 0 ? [{ kind: 'note', text: destinations.none }] : [];
  const searching: readonly MenuRow[] = places ? [] : [{ kind: 'note', text: destinations.looking }];
  // On our own stick, "this computer" is memory, and gone at the next start.
  const folder = state.station.isRescueMedium
    ? []
    : [{ kind: 'gap' } as const, item('folder', destinations.typeFolder)];
  return [...found, ...none, ...searching, ...folder];
};

/** On to the question whether to copy. */
const goOn = (state: State, cargo: Cargo, destination: Destination): Step => {
  const job = state.lastJob + 1;
  const copy = { name: 'copy', cargo, destination, job, isArmed: false, reading: fromTheTop } as const;
  return stay({ ...opened(state, copy), lastJob: job }, { kind: 'arm', job });
};

/** Where to copy: our own stick first. */
export const destinations: ScreenDefinition<'destinations'> = {
  content: (state, screen, area) => {
    const { tui } = textOf(state);
    const { destinations: words } = tui.recovery;
    if (!findVolume(state, screen.cargo.volume))
      return { title: words.title, lines: [line(tui.volume.gone, 'warning')], hints: [tui.keys.back] };
    const rows = rowsOf(state, screen);
    const menu = renderMenu(rows, chosenOf(rows, screen.chosen), { ...area, rows: area.rows - 3 });
    return {
      title: words.title,
      lines: [...menu, emptyLine, ...paragraph(words.plugIn, area.columns, 'faint')],
      hints: [tui.keys.choose, tui.keys.next, tui.keys.back],
    };
  },

  onKey: (state, screen, key) => {
    if (key === 'escape' || key === 'left') return stay(backFrom(state));
    const rows = rowsOf(state, screen);
    const chosen = chosenOf(rows, screen.chosen);
    const next = moved(rows, chosen, key);
    if (next !== undefined) return stay(changed(state, { ...screen, chosen: next }));
    if (key !== 'enter' || chosen === undefined) return stay(state);
    const here = changed(state, { ...screen, chosen });
    if (chosen === 'folder') return askFree(opened(here, typedFolderScreen(screen.cargo)));
    const place = screen.places?.[Number(chosen)];
    return place ? goOn(here, screen.cargo, { kind: 'place', place }) : stay(state);
  },
};

const typedFolderScreen = (cargo: Cargo): TypedFolderScreen => ({
  name: 'typed-folder',
  cargo,
  job: 0,
  freeBytes: undefined,
  error: undefined,
  isRejected: false,
});

const longestPath = 4000;

const isWholePath = (path: string): boolean => /^\/[^\0]*$/.test(path);

/** Asks what is free in the folder that is typed, as it is typed. */
const askFree = (state: State): Step => {
  const screen = state.screens.at(-1);
  const { folder } = state.typed;
  if (screen?.name !== 'typed-folder') return stay(state);
  const job = state.lastJob + 1;
  const blank = { ...screen, job, freeBytes: undefined, error: undefined, isRejected: false };
  const asked = { ...changed(state, blank), lastJob: job };
  return isWholePath(folder) ? stay(asked, { kind: 'ask-free-space', job, folder }) : stay(asked);
};

const edit = (state: State, change: (folder: string) => string): Step => {
  const folder = change(state.typed.folder).slice(0, longestPath);
  return askFree({ ...state, typed: { ...state.typed, folder } });
};

/** A folder of the computer that Sparekey was started on, typed. */
export const typedFolder: ScreenDefinition<'typed-folder'> = {
  content: (state, screen, area) => {
    const { tui } = textOf(state);
    const { destinations: words } = tui.recovery;
    const { freeBytes, error, isRejected } = screen;
    const free = freeBytes === undefined ? [] : [line(words.free(formatSize(freeBytes)), 'faint')];
    const refusal = error === undefined ? [] : sayError(state, error);
    const complaints = isRejected ? [words.folderRejected] : refusal;
    return {
      title: words.folderTitle,
      lines: [
        ...paragraph(words.folderIntro, area.columns, 'faint'),
        emptyLine,
        fieldLine(words.folder, state.typed.folder, true, area.columns),
        emptyLine,
        ...free,
        ...complaints.flatMap((each) => paragraph(each, area.columns, 'warning')),
      ],
      hints: [tui.keys.next, tui.keys.keyboard, tui.keys.back],
    };
  },

  onKey: (state, screen, key) => {
    switch (key) {
      case 'escape':
        return stay(backFrom(state));
      case 'backspace':
        return edit(state, withoutLast);
      case 'clear':
        return edit(state, () => '');
      case 'enter': {
        const { folder: path } = state.typed;
        if (!isWholePath(path) || path === '/') return stay(changed(state, { ...screen, isRejected: true }));
        const { freeBytes } = screen;
        return freeBytes === undefined ? stay(state) : goOn(state, screen.cargo, { kind: 'folder', path, freeBytes });
      }
      default:
        return stay(state);
    }
  },

  onText: (state, screen, text) => {
    const line = text.replace(/[\r\n]+$/, '');
    if (/[\u0000-\u001f\u007f-\u009f]/.test(line)) return stay(changed(state, { ...screen, isRejected: true }));
    return edit(state, (folder) => folder + line);
  },
};
