import { formatSize } from '../../formats/size.ts';
import type { ErrorCode } from '../../model/errors.ts';
import { named } from '../names.ts';
import type { ErrorSentences } from '../sentences.ts';

type StackCode = Extract<ErrorCode, 'raid-incomplete' | 'group-incomplete' | 'group-in-use' | 'locked' | 'volume-cut'>;

/** Why a RAID, a volume group or an encrypted volume stays closed. */
export const stackErrors: Pick<ErrorSentences, StackCode> = {
  'raid-incomplete': ({ name, present, devices }) =>
    `Of the ${devices} disks of the RAID ${named(name)} only ${present} could be used, and that is not enough to read it. Plug in the others, and look again. Nothing was changed.`,
  'group-incomplete': ({ group, missing }) =>
    `The LVM volume group ${named(group)} is not complete. Missing: ${missing
      .map(
        ({ uuid, sizeBytes, hint }) =>
          `a disk or partition of ${formatSize(sizeBytes)} (${hint === undefined ? '' : `last seen as ${named(hint)}, `}LVM UUID ${named(uuid)})`,
      )
      .join('; ')}. Plug it in, and look again: a group is opened whole or not at all. Nothing was changed.`,
  'group-in-use': ({ group }) =>
    `Another program, perhaps another Sparekey, has the volume group ${named(group)} open just now. End it, and look again. Nothing was changed.`,
  'volume-cut': ({ selector, missingBytes }) =>
    `The last ${formatSize(missingBytes)} of ${named(selector)} are not there: it was copied to something smaller, or the copy was broken off. Its files can be listed and copied out as far as they are there; nothing can be changed on it. Copy the disk again, in full. Nothing was changed.`,
  locked: ({ selector, tried }) =>
    tried === 0
      ? `${named(selector)} is encrypted: a passphrase is needed. Give it with --passphrase-file FILE (- for standard input), or a key file with --key-file FILE. Nothing was changed.`
      : `${named(selector)} is encrypted, and what was given (${tried}) does not open it. Mind capitals and the keyboard's layout, and try again. Nothing was changed.`,
};
