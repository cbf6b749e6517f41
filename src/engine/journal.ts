import { isRescueError, RescueError } from '../model/errors.ts';
import type { Change, Notice } from '../model/plan.ts';
import type { Volume } from '../model/storage.ts';
import type { Tree, TreePath, WritableTree } from '../model/tree.ts';
import type { Purpose } from '../operations/purpose.ts';
import { type KnownEntry, kindOfChange, kindOfEntry } from './changes/index.ts';
import type { ReadSaved } from './changes/kind.ts';
import { digestOf } from './digest.ts';
import { formatManifest, type Manifest, parseManifest } from './manifest.ts';

/**
 * The journal lies on the volume that was changed, so that another stick on another day can undo:
 * /.sparekey/<id>/manifest.json, and beside it each replaced file as it was, 0.saved, 1.saved, …
 * Folders are 0700, files 0600: they hold old password hashes.
 */
export const journalFolder: TreePath = '/.sparekey';

/** A manifest, and the volume on which it was found. */
export interface JournalRecord {
  readonly manifest: Manifest;
  readonly volume: Volume;
}

const manifestPath = (id: string): TreePath => `${journalFolder}/${id}/manifest.json`;
const savedPath = (id: string, saved: string): TreePath => `${journalFolder}/${id}/${saved}`;

/** A new run's id: when, and four random hexadecimal digits, since a rescued machine may have no clock. */
export const newJournalId = (nowMs: number, random: Uint8Array): string => {
  const stamp = new Date(nowMs).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${stamp}-${Buffer.from(random).toString('hex').slice(0, 4)}`;
};

/** The newest runs only: a stranger's folder could hold a million. */
const journalsShown = 100;

/** What every journal id looks like; anything else below the journal's folder is not ours. */
export const journalIdPattern = /^\d{8}-\d{6}-[0-9a-f]{4}$/;

/**
 * Opens a journal: keeps every original that `changes` will replace, then the manifest, all flushed.
 * On failure it leaves nothing. @throws RescueError what WritableTree throws, plan-stale
 */
export const openJournal = async (
  tree: WritableTree,
  id: string,
  createdAtMs: number,
  purpose: Purpose,
  changes: readonly Change[],
): Promise<Manifest> => {
  const entries = changes.map((change, index) => entryOf(change, index, id));
  const manifest: Manifest = { id, state: 'applying', createdAtMs, purpose, entries };
  try {
    await tree.createFolder(journalFolder);
    await tree.createFolder(`${journalFolder}/${id}`);
    for (const entry of entries) {
      const content = await kindOfEntry(entry).contentToSave(tree, entry);
      if (content !== undefined && 'saved' in entry) await tree.createFile(savedPath(id, entry.saved), content);
    }
    await tree.createFile(manifestPath(id), formatManifest(manifest));
    return manifest;
  } catch (error) {
    await discardJournal(tree, manifest);
    throw error;
  }
};

const entryOf = (change: Change, index: number, id: string): KnownEntry =>
  kindOfChange(change).entryOf(change, { saved: `${index}.saved`, temporary: `.sparekey-${id}-${index}` });

/** Writes down that a run was done. */
export const closeJournal = async (tree: WritableTree, manifest: Manifest): Promise<void> => {
  const content = formatManifest({ ...manifest, state: 'done' });
  await tree.replaceFile(manifestPath(manifest.id), content, '.manifest.json');
};

/** Removes a journal whose changes were all taken back, or never made. */
export const discardJournal = async (tree: WritableTree, manifest: Manifest): Promise<void> => {
  for (const entry of manifest.entries)
    if ('saved' in entry) await tree.removeFile(savedPath(manifest.id, entry.saved));
  await tree.removeFile(`${journalFolder}/${manifest.id}/.manifest.json`);
  await tree.removeFile(manifestPath(manifest.id));
  await tree.removeFolder(`${journalFolder}/${manifest.id}`);
  await tree.removeFolder(journalFolder);
};

/** Reads what a run kept. @throws RescueError journal-corrupt */
export const savedReader =
  (tree: Tree, { id }: Manifest): ReadSaved =>
  async (saved, before) => {
    const content = await tree.read(savedPath(id, saved));
    const reason = content === undefined ? 'missing' : digestOf(content) === before ? undefined : 'digest';
    if (content === undefined || reason !== undefined)
      throw new RescueError('journal-corrupt', { id, reason: `${saved}: ${reason}` });
    return content;
  };

/** Every journal on a volume, newest first. What cannot be read becomes a notice: the disk is a stranger's. */
export const readJournals = async (
  tree: Tree,
  volume: Volume,
): Promise<{ readonly records: readonly JournalRecord[]; readonly notices: readonly Notice[] }> => {
  const records: JournalRecord[] = [];
  const notices: Notice[] = [];
  const { selector } = volume;
  const names = (await listQuietly(tree)).map(({ name }) => name).filter((name) => journalIdPattern.test(name));
  for (const id of names.sort().toReversed().slice(0, journalsShown)) {
    const manifest = await readManifest(tree, id);
    if (manifest === undefined) {
      notices.push({ code: 'journal-unreadable', details: { id, selector } });
      continue;
    }
    records.push({ manifest, volume });
  }
  for (const { manifest } of records) {
    const { id, state, purpose } = manifest;
    if (isUndone(manifest, records)) continue;
    if (state === 'applying') notices.push({ code: 'was-interrupted', details: { id, selector } });
    else if (purpose.task !== 'undo') notices.push({ code: 'can-undo', details: { id, selector, purpose } });
  }
  return { records, notices };
};

/** Whether a later run put back what this one did, and was not itself undone. `seen` stops a stranger's circle. */
export const isUndone = (
  { id }: Manifest,
  records: readonly JournalRecord[],
  seen: ReadonlySet<string> = new Set(),
): boolean =>
  !seen.has(id) &&
  records.some(
    ({ manifest: { purpose, state, ...rest } }) =>
      purpose.task === 'undo' &&
      purpose.journal === id &&
      state === 'done' &&
      !isUndone({ purpose, state, ...rest }, records, new Set([...seen, id])),
  );

const listQuietly = async (tree: Tree) => {
  try {
    return await tree.list(journalFolder);
  } catch (error) {
    if (isRescueError(error)) return [];
    throw error;
  }
};

const readManifest = async (tree: Tree, id: string): Promise<Manifest | undefined> => {
  try {
    const content = await tree.read(manifestPath(id));
    const manifest = content && parseManifest(content);
    return manifest?.id === id ? manifest : undefined;
  } catch (error) {
    if (isRescueError(error)) return undefined;
    throw error;
  }
};
