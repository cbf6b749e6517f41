import type { Change } from '../../model/plan.ts';
import type { JournalEntry } from '../manifest-entry.ts';
import { createFile } from './create-file.ts';
import type { ChangeKind } from './kind.ts';
import { moveFile } from './move-file.ts';
import { patchFile } from './patch-file.ts';
import { removeFile } from './remove-file.ts';
import { replaceFile } from './replace-file.ts';
import { setLabel } from './set-label.ts';

/**
 * The kinds of changes, by what a plan and what a journal call them. A change or an entry always goes to its own kind,
 * which TypeScript cannot follow through an index; hence the widening, here and nowhere else.
 */
const byChange = {
  'write-file': replaceFile,
  'create-file': createFile,
  'remove-file': removeFile,
  'move-file': moveFile,
  'patch-file': patchFile,
  'set-label': setLabel,
} satisfies { readonly [K in Change['kind']]: unknown };

const byEntry = {
  replaced: replaceFile,
  created: createFile,
  removed: removeFile,
  moved: moveFile,
  patched: patchFile,
  relabelled: setLabel,
} satisfies { readonly [K in Exclude<JournalEntry['kind'], 'unknown'>]: unknown };

/** An entry of a kind that we know. */
export type KnownEntry = Exclude<JournalEntry, { kind: 'unknown' }>;

type AnyKind = ChangeKind<Change, KnownEntry>;

export const kindOfChange = (change: Change): AnyKind => byChange[change.kind] as unknown as AnyKind;

export const kindOfEntry = (entry: KnownEntry): AnyKind => byEntry[entry.kind] as unknown as AnyKind;

export const isKnownEntry = (entry: JournalEntry): entry is KnownEntry => entry.kind !== 'unknown';
