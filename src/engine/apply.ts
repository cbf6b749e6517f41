import { firstFailure, isRescueError, RescueError } from '../model/errors.ts';
import type { DoorState } from '../model/finding.ts';
import type { Volume } from '../model/storage.ts';
import type { WritableTree } from '../model/tree.ts';
import { isKnownEntry, type KnownEntry, kindOfChange, kindOfEntry } from './changes/index.ts';
import type { Consent } from './consent.ts';
import type { Context } from './context.ts';
import {
  closeJournal,
  discardJournal,
  type JournalRecord,
  journalFolder,
  newJournalId,
  openJournal,
  readJournals,
  savedReader,
} from './journal.ts';
import type { Manifest } from './manifest.ts';
import { openPieces } from './open-pieces.ts';
import type { PreparedPlan } from './plan.ts';
import { steadyTree } from './steady-tree.ts';

/** What a finished run leaves behind. */
export interface Applied {
  readonly journalId: string;
  readonly journalFolder: string;
  /** How each door of the account stands now, by a fresh look; undefined where that cannot be told. */
  readonly doors?: readonly DoorState[];
}

/**
 * Carries out a plan: journal first, then every change, whole or not at all, then a fresh look that proves it, all of it
 * while no other run can write to the same disk.
 * Whatever fails, the files are put back as they were before the error reaches the caller.
 * @param announce tells of what is proved; where it throws, the files are put back too
 * @throws RescueError consent-missing, volume-locked, plan-stale, verify-failed, not-proved, rollback-failed, what
 *   Storage.lease and WritableTree throw, and what `announce` throws
 */
export const apply = async (
  context: Context,
  prepared: PreparedPlan,
  consent: Consent,
  announce: (applied: Applied) => Promise<void> = async () => {},
): Promise<Applied> => {
  const { plan, volume } = prepared;
  if (consent.to !== plan.digest) throw new RescueError('consent-missing', {});
  const onWait = () => context.emit({ kind: 'waiting-for-run', selector: volume.selector });
  await using _lock = await context.storage.lock(volume, onWait);
  return await context.shield(() => writeAndProve(context, prepared, announce));
};

const writeAndProve = async (
  context: Context,
  prepared: PreparedPlan,
  announce: (applied: Applied) => Promise<void>,
): Promise<Applied> => {
  const { volume } = prepared;
  const manifest = await writeAndClose(context, prepared);
  let applied: Applied = { journalId: manifest.id, journalFolder: `${journalFolder}/${manifest.id}` };
  try {
    const doors = await prove(context, prepared);
    if (doors) applied = { ...applied, doors };
    context.emit({ kind: 'verified' });
    await announce(applied);
  } catch (error) {
    await takeBack(context, volume, manifest, error);
    throw error;
  }
  return applied;
};

const prove = async ({ storage }: Context, { pieces, verify, rehearse }: PreparedPlan) => {
  await using opened = await openPieces(storage.look, pieces);
  await verify(opened.tree);
  // What cannot be rehearsed takes nothing back that was proved.
  return await rehearse?.(steadyTree(opened.tree)).catch(() => undefined);
};

/** A disk that goes away under a write that was made is another matter than one that could not be made. */
const writeAndClose = async (context: Context, prepared: PreparedPlan): Promise<Manifest> => {
  let manifest: Manifest | undefined;
  try {
    return await withLease(context, prepared.volume, async (tree) => {
      manifest = await write(context, tree, prepared);
      return manifest;
    });
  } catch (error) {
    throw manifest === undefined ? error : notProved(prepared.volume, manifest, error);
  }
};

/** Undoes a write that was not proved, where the volume can still be opened. @throws RescueError not-proved, rollback-failed */
const takeBack = async (context: Context, volume: Volume, manifest: Manifest, error: unknown): Promise<void> => {
  try {
    await withLease(context, volume, async (tree) => {
      context.emit({ kind: 'rolling-back' });
      await putBack(tree, manifest, error);
    });
  } catch (failure) {
    const first = firstFailure(failure);
    if (isRescueError(first) && first.code === 'rollback-failed') throw first;
    throw notProved(volume, manifest, new AggregateError([error, failure]));
  }
};

const notProved = ({ selector }: Volume, { id }: Manifest, cause: unknown): RescueError =>
  new RescueError('not-proved', { selector, journal: `${journalFolder}/${id}` }, { cause });

const withLease = async <T>(
  context: Context,
  volume: Volume,
  action: (tree: WritableTree) => Promise<T>,
): Promise<T> => {
  context.emit({ kind: 'opening', selector: volume.selector });
  const result = await (async () => {
    await using lease = await context.storage.lease(volume);
    return await action(lease.tree);
  })();
  context.emit({ kind: 'closed', selector: volume.selector });
  return result;
};

const write = async (context: Context, tree: WritableTree, { plan, volume }: PreparedPlan): Promise<Manifest> => {
  const { records } = await readJournals(tree, volume);
  for (const change of plan.changes) await kindOfChange(change).assertAsPlanned(tree, change);
  await sweepUp(tree, records);
  const nowMs = context.now();
  const id = newJournalId(nowMs, context.randomBytes(2));
  const manifest = await openJournal(tree, id, nowMs, plan.purpose, plan.changes);
  context.emit({ kind: 'journal-kept', id, folder: `${journalFolder}/${id}` });
  try {
    for (const [index, change] of plan.changes.entries()) {
      const kind = kindOfChange(change);
      await kind.assertAsPlanned(tree, change);
      await kind.carryOut(tree, change, entryAt(manifest, index));
      context.emit({ kind: 'written', path: change.path });
    }
    await closeJournal(tree, manifest);
    return manifest;
  } catch (error) {
    context.emit({ kind: 'rolling-back' });
    await putBack(tree, manifest, error);
    throw error;
  }
};

const entryAt = ({ entries }: Manifest, index: number): KnownEntry => {
  const entry = entries[index];
  if (entry === undefined || !isKnownEntry(entry)) throw new Error(`no journal entry ${index}`);
  return entry;
};

/** Siblings that a power cut left behind hold password hashes: the next run on the volume removes them. */
const sweepUp = async (tree: WritableTree, records: readonly JournalRecord[]): Promise<void> => {
  for (const { manifest } of records) {
    if (manifest.state !== 'applying') continue;
    for (const entry of manifest.entries.filter(isKnownEntry))
      for (const path of kindOfEntry(entry).leftovers(entry)) await tree.removeFile(path);
  }
};

/** Undoes what a failed run had already changed, and then forgets the run. @throws RescueError rollback-failed */
const putBack = async (tree: WritableTree, manifest: Manifest, cause: unknown): Promise<void> => {
  for (const entry of manifest.entries.filter(isKnownEntry).toReversed()) {
    const { path } = entry;
    try {
      const kind = kindOfEntry(entry);
      const standing = await kind.standing(tree, entry);
      // Of a file that was not made yet, the folders may be there.
      if (standing === 'before' && entry.kind !== 'created') continue;
      if (standing === 'other' && (await tree.status(path)) !== undefined) continue;
      await kind.putBack(tree, entry, savedReader(tree, manifest));
    } catch (error) {
      const folder = `${journalFolder}/${manifest.id}`;
      throw new RescueError(
        'rollback-failed',
        { path, journal: folder },
        { cause: new AggregateError([cause, error]) },
      );
    }
  }
  // A journal that cannot be removed does no harm: scan shows the run as cut off, and its undo finds nothing to do.
  await discardJournal(tree, manifest).catch(() => {});
};
