import { formatSize } from '../../formats/size.ts';
import type { Disk, Volume } from '../../model/storage.ts';
import { systemsOn, volumesOf } from '../find.ts';
import { bullet, emptyLine, type Line, line, paragraph } from '../kit/frame.ts';
import { type Area, textOf } from '../kit/layout.ts';
import { chosenOf, item, type MenuRow, moved, renderMenu } from '../kit/menu.ts';
import { likeliestPatient } from '../likeliest-patient.ts';
import type { State } from '../state.ts';
import { changed, isLooking, lookAgain, opened, stay, stopLooking } from '../step.ts';
import { describeDisk, describeVolume, sayError } from '../words.ts';
import type { ScreenDefinition } from './definition.ts';
import { volumeFacts } from './facts.ts';
import { settingRows } from './settings.ts';

const volumeKey = ({ id }: Volume): string => `volume ${id}`;

const rowsOf = (state: State): readonly MenuRow[] => {
  const { tui } = textOf(state);
  const { disks, progress, scan } = { ...state.disks, disks: state.disks.scan.disks };
  const none: readonly MenuRow[] =
    disks.length === 0 && !progress && state.disks.error === undefined && !state.disks.isStopped
      ? [{ kind: 'note', text: tui.disks.none }, { kind: 'gap' }]
      : [];
  return [
    ...scan.disks.flatMap((disk) => [...diskRows(state, disk), { kind: 'gap' } as const]),
    ...none,
    ...(state.disks.error === undefined && !state.disks.isStopped ? [] : [item('again', tui.disks.again)]),
    ...settingRows(state),
    item('leave', leaveLabel(state)),
  ];
};

const leaveLabel = (state: State): string => {
  const { leave } = textOf(state).tui;
  return state.station.isRescueMedium ? `${leave.restart} / ${leave.powerOff}` : leave.quit;
};

const diskRows = (state: State, disk: Disk): readonly MenuRow[] => {
  const { scan, tui } = textOf(state);
  const name = `${disk.path.replace(/^\/dev\//, '')}  ${describeDisk(disk, scan)}`;
  if (disk.isRunningSystem) {
    const mark = state.station.isRescueMedium ? tui.disks.thisStick : scan.runningSystem;
    return [{ kind: 'note', text: `${name} — ${mark}` }];
  }
  const empty: readonly MenuRow[] = disk.volumes.length === 0 ? [{ kind: 'note', text: `  ${tui.disks.empty}` }] : [];
  const own = disk.volumes.filter(({ partOf }) => partOf === undefined);
  return [
    { kind: 'heading', text: name },
    ...empty,
    ...own.map((volume) => volumeRow(state, volume)),
    ...partRows(state, disk),
  ];
};

/** What was put together into something else is one thing there; here it is only named. */
const partRows = (state: State, { volumes }: Disk): readonly MenuRow[] => {
  const { scan } = textOf(state);
  const wholes = Map.groupBy(volumes, ({ partOf }) => partOf);
  return [...wholes].flatMap(([whole, parts]) =>
    whole === undefined
      ? []
      : [{ kind: 'note', text: `  ${parts.map(({ selector }) => selector).join(', ')}: ${scan.partOf(whole)}` }],
  );
};

const volumeRow = (state: State, volume: Volume): MenuRow => {
  const { selector, sizeBytes, filesystem, partLabel } = volume;
  const label = filesystem?.label ?? partLabel ?? '';
  const words = describeVolume(state, volume);
  return item(volumeKey(volume), selector, formatSize(sizeBytes), filesystem?.type ?? '', label, words);
};

const chosenIn = (state: State, rows: readonly MenuRow[], chosen: string | undefined): string | undefined => {
  // Nothing is chosen while the first look is under way, so that nothing jumps away under somebody's finger.
  const { lookable, error, isStopped } = state.disks;
  const isFirstLook = lookable === undefined && error === undefined && !isStopped;
  if (isFirstLook && chosen === undefined) return undefined;
  const patient = likeliestPatient(state.disks.scan);
  return chosenOf(rows, chosen, patient && volumeKey(patient));
};

const statusLines = (state: State, area: Area): readonly Line[] => {
  const { disks } = textOf(state).tui;
  const { progress, error, isStopped } = state.disks;
  if (progress?.selector !== undefined)
    return [line(disks.looking(progress.selector, progress.done, progress.total), 'faint')];
  if (progress) return [line(disks.surveying, 'faint')];
  if (error !== undefined) return sayError(state, error).flatMap((words) => paragraph(words, area.columns, 'warning'));
  if (isStopped) return bullet('!', disks.stopped, area.columns, 'warning');
  return [line(disks.intro, 'faint')];
};

/** In a high window, what is known about the chosen volume. */
const preview = (state: State, chosen: string | undefined, area: Area): readonly Line[] => {
  const volume = volumesOf(state).find((each) => volumeKey(each) === chosen);
  if (!volume || area.rows < previewFrom) return [];
  const { scan } = textOf(state);
  const accounts = systemsOn(state, volume).map(
    (system) => `${scan.accountsOf(system.detection.name)}  ${system.accounts.map(({ name }) => name).join(', ')}`,
  );
  const lines = [...volumeFacts(state, volume, area.columns), ...accounts.map((words) => line(words))];
  return [line('─'.repeat(area.columns), 'faint'), ...lines].slice(0, previewRows);
};

const previewFrom = 30;
const previewRows = 12;

export const disks: ScreenDefinition<'disks'> = {
  content: (state, screen, area) => {
    const { tui } = textOf(state);
    const rows = rowsOf(state);
    const chosen = chosenIn(state, rows, screen.chosen);
    const above = [...statusLines(state, area), emptyLine];
    const below = preview(state, chosen, area);
    const room = Math.max(3, area.rows - above.length - below.length);
    const menu = renderMenu(rows, chosen, { ...area, rows: room });
    const filling = below.length > 0 ? Array.from({ length: room - menu.length }, () => emptyLine) : [];
    return {
      title: tui.disks.title,
      lines: [...above, ...menu, ...filling, ...below],
      hints: [
        tui.keys.choose,
        tui.keys.open,
        ...(isLooking(state) ? [tui.keys.stopLook] : []),
        tui.keys.language,
        tui.keys.keyboard,
        ...(isLooking(state) ? [] : [tui.keys.leave]),
      ],
    };
  },

  onKey: (state, screen, key) => {
    const rows = rowsOf(state);
    const chosen = chosenIn(state, rows, screen.chosen);
    const next = moved(rows, chosen, key);
    if (next !== undefined) return stay(changed(state, { ...screen, chosen: next }));
    // Out of a look that takes too long; the next one leaves.
    if (key === 'escape' && isLooking(state)) return stopLooking(state);
    if (key === 'escape') return stay(opened(state, { name: 'leave', chosen: undefined }));
    if (key !== 'enter' && key !== 'right') return stay(state);
    if (chosen === 'leave') return stay(opened(state, { name: 'leave', chosen: undefined }));
    if (chosen === 'language' || chosen === 'keyboard') return stay(opened(state, { name: chosen, chosen: undefined }));
    if (chosen === 'again') return lookAgain(state);
    const volume = volumesOf(state).find((each) => volumeKey(each) === chosen);
    if (!volume) return stay(state);
    // What was chosen stays chosen when somebody comes back.
    const here = changed(state, { ...screen, chosen });
    const { id, selector } = volume;
    return stay(opened(here, { name: 'volume', volume: { id, selector }, chosen: undefined }));
  },
};
