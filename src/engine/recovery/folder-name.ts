import type { Volume } from '../../model/storage.ts';

/** The same for the same volume, so that a second run goes on with what the first one copied. */
export const recoveredFolderName = ({ filesystem, partLabel, selector }: Volume): string =>
  `recovered-${(filesystem?.label ?? partLabel ?? selector).replace(/[^\w.-]+/g, '-')}`;
