import { formatSize } from '../../formats/size.ts';
import type { Volume } from '../../model/storage.ts';
import { type Line, pad, paragraph, span } from '../kit/frame.ts';
import { textOf } from '../kit/layout.ts';
import type { State } from '../state.ts';
import { describeVolume } from '../words.ts';

/** What is known about a volume, as a two-column list. */
export const volumeFacts = (state: State, volume: Volume, columns: number): readonly Line[] => {
  const { tui, scan } = textOf(state);
  const { facts } = tui.volume;
  const { path, sizeBytes, filesystem, partLabel, mountPoints, isHibernated } = volume;
  const used = filesystem?.usedBytes === undefined ? '' : ` (${formatSize(filesystem.usedBytes)} ${facts.used})`;
  const rows: readonly (readonly [string, string | undefined])[] = [
    [facts.content, describeVolume(state, volume)],
    [facts.device, path],
    [facts.size, `${formatSize(sizeBytes)}${used}`],
    [facts.filesystem, filesystem?.type],
    [facts.label, filesystem?.label],
    [facts.partLabel, partLabel],
    ['UUID', filesystem?.uuid],
    [facts.state, isHibernated ? scan.hibernated : stateWords(state, filesystem?.state)],
    [facts.mounted, mountPoints.length > 0 ? mountPoints.join(', ') : undefined],
  ];
  const width = Math.max(...Object.values(facts).map((name) => name.length)) + 2;
  return rows.flatMap(([name, value]) => (value === undefined ? [] : factLines(name, value, width, columns)));
};

const stateWords = (state: State, is: 'clean' | 'dirty' | 'errors' | 'unknown' | undefined): string | undefined => {
  const { scan, tui } = textOf(state);
  if (is === 'clean') return tui.volume.clean;
  return is === 'dirty' || is === 'errors' ? scan.state[is] : undefined;
};

const factLines = (name: string, value: string, width: number, columns: number): readonly Line[] =>
  paragraph(value, columns - width).map((words, index) => [
    span(pad(index === 0 ? name : '', width), 'faint'),
    ...words,
  ]);
