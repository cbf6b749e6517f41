import { recoveredFolderName } from '../../engine/recovery/folder-name.ts';
import type { Volume } from '../../model/storage.ts';
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
