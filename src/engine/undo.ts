import type { Edit } from '../model/edit.ts';
import { RescueError } from '../model/errors.ts';
import type { Notice } from '../model/plan.ts';
import type { Tree } from '../model/tree.ts';
import { isKnownEntry, type KnownEntry, kindOfEntry } from './changes/index.ts';
import type { Context } from './context.ts';
import { assertWritable } from './guard.ts';
import { isUndone, type JournalRecord, savedReader } from './journal.ts';
import type { Manifest } from './manifest.ts';
import { openPieces, wholeVolume } from './open-pieces.ts';
import { type PreparedPlan, sealPlan } from './plan.ts';
import type { Scan } from './scan-result.ts';
import { steadyTree } from './steady-tree.ts';

/**
 * The run to undo: by id, or the only one that stands. An undo can itself be undone, but only by its id.
 * @throws RescueError nothing-to-undo, several-to-undo
 */
export const chooseJournal = ({ journals }: Pick<Scan, 'journals'>, id?: string): JournalRecord => {
  const standing = journals.filter(({ manifest }) => !isUndone(manifest, journals));
  const matches = standing.filter(({ manifest }) =>
    id === undefined ? manifest.purpose.task !== 'undo' : manifest.id === id,
  );
  const [record, ...others] = matches;
  if (record === undefined) throw new RescueError('nothing-to-undo', id === undefined ? {} : { id });
  if (others.length > 0) throw new RescueError('several-to-undo', { ids: matches.map(({ manifest }) => manifest.id) });
  return record;
};

/**
 * A plan that puts back what a run replaced. Files that were changed since are refused, or with `force` overwritten.
 * @throws RescueError changed-since, journal-corrupt, journal-newer and what assertWritable throws
 */
export const planUndo = async (
  context: Context,
  scan: Scan,
  { manifest, volume }: JournalRecord,
  options: { readonly force: boolean },
): Promise<PreparedPlan> => {
  assertWritable(scan, volume);
  const pieces = wholeVolume(volume);
  await using opened = await openPieces(context.storage.look, pieces);
  const tree = steadyTree(opened.tree);
  const edits: Edit[] = [];
  const warnings: Notice[] = [];
  for (const entry of knownEntries(manifest).toReversed()) {
    const { path } = entry;
    const kind = kindOfEntry(entry);
    const standing = await kind.standing(tree, entry);
    if (standing === 'before') continue;
    if (standing === 'other') {
      if (!options.force) throw new RescueError('changed-since', { path, id: manifest.id });
      warnings.push({ code: 'overwrites-newer', details: { path } });
    }
    edits.push(await kind.undoEdit(entry, savedReader(tree, manifest), manifest.id));
  }
  const { plan } = await sealPlan(volume, tree, { purpose: { task: 'undo', journal: manifest.id }, edits, warnings });
  return { plan, volume, pieces, verify: (fresh) => verifyPutBack(fresh, manifest) };
};

/** @throws RescueError journal-newer */
const knownEntries = ({ id, entries }: Manifest): readonly KnownEntry[] => {
  const known = entries.filter(isKnownEntry);
  if (known.length < entries.length) throw new RescueError('journal-newer', { id });
  return known;
};

const verifyPutBack = async (tree: Tree, manifest: Manifest): Promise<void> => {
  for (const entry of knownEntries(manifest)) {
    const standing = await kindOfEntry(entry).standing(tree, entry);
    if (standing !== 'before') throw new RescueError('read-failed', { path: entry.path, reason: 'digest' });
  }
};
