import { recoveredFolderName } from '../../engine/recovery/folder-name.ts';
import type { Reading } from '../../model/recovery.ts';
import type { Volume } from '../../model/storage.ts';
import { bullet, type Line, paragraph } from '../kit/frame.ts';
import { textOf } from '../kit/layout.ts';
import type { State } from '../state.ts';
import type { Destination } from './state.ts';

/** A place by its label, which is what people see on other computers, and what it is called here. */
export const destinationName = (destination: Destination): string => {
  if (destination.kind === 'folder') return destination.path;
  const { selector, filesystem, partLabel } = destination.place.volume;
  const label = filesystem?.label ?? partLabel;
  return label === undefined ? selector : `${selector} (${label})`;
};

/** The folder that a copy goes to, as a person would name it. */
export const destinationPath = (destination: Destination, source: Volume | undefined): string =>
  destination.kind === 'folder' || !source
    ? destinationName(destination)
    : `${destinationName(destination)}: ${recoveredFolderName(source)}`;

export const freeBytesOf = (destination: Destination): number | undefined =>
  destination.kind === 'folder' ? destination.freeBytes : destination.place.freeBytes;

/** Which state of the files somebody gets. A sign is on those that lack something. */
export const readingLines = (state: State, reading: Reading, columns: number): readonly Line[] => {
  const words = textOf(state).recovery.readings[reading];
  return reading === 'as-is' || reading === 'newest'
    ? paragraph(words, columns, 'faint')
    : bullet('!', words, columns, 'warning');
};
