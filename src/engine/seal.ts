import type { AmendingEdit, CreatingEdit, Edit, ReplacingEdit } from '../model/edit.ts';
import { RescueError } from '../model/errors.ts';
import type { Change, NewFolder } from '../model/plan.ts';
import type { Volume } from '../model/storage.ts';
import type { FileAttributes, Tree, TreePath } from '../model/tree.ts';
import type { ComposedTree, Placed } from '../systems/tree/composed-tree.ts';
import { changedLimitBytes } from './changes/content.ts';
import { digestOf } from './digest.ts';

/** A change, by its path in the volume that it is made on, and as the system itself would see it. */
export interface SealedEdit {
  readonly volume: Volume;
  readonly change: Change;
  readonly seen: Change;
}

/** Ties edits to the files as they stand, in order. @throws RescueError file-missing and what Tree throws */
export const sealEdits = async (tree: ComposedTree, edits: readonly Edit[]): Promise<readonly SealedEdit[]> => {
  const sealed: SealedEdit[] = [];
  for (const edit of edits)
    if (edit.kind === 'amend') await sealAmendment(tree, edit, sealed);
    else sealed.push(await sealEdit(tree, edit));
  return sealed;
};

/** What amends a file that the plan changes anyway goes into the same change. */
const sealAmendment = async (tree: ComposedTree, edit: AmendingEdit, sealed: SealedEdit[]): Promise<void> => {
  const { seen, placed } = await placeOf(tree, edit.path);
  const at = sealed.findIndex(
    ({ volume, change }) => volume === placed.volume && change.path === placed.path && 'content' in change,
  );
  const earlier = sealed[at];
  if (earlier && 'content' in earlier.change) {
    const content = edit.amend(earlier.change.content);
    if (digestOf(content) === digestOf(earlier.change.content)) return;
    const amended = { content, effects: [...earlier.change.effects, ...edit.effects] };
    sealed[at] = {
      ...earlier,
      change: { ...earlier.change, ...amended },
      seen: { ...earlier.seen, ...amended } as Change,
    };
    return;
  }
  const current = await present(seen, tree.read(seen));
  const content = edit.amend(current);
  if (digestOf(content) === digestOf(current)) return;
  sealed.push(await sealReplacement(tree, { path: seen, content, effects: edit.effects }));
};

const sealEdit = async (tree: ComposedTree, edit: Exclude<Edit, AmendingEdit>): Promise<SealedEdit> => {
  if (edit.kind === 'create') return await sealCreation(tree, edit);
  if (isReplacement(edit)) return await sealReplacement(tree, edit);
  const { seen, placed } = await placeOf(tree, edit.path);
  const change = await sealInPlace(tree, edit, seen);
  const to = change.kind === 'move-file' ? { to: (await tree.place(change.to)).path } : {};
  return { volume: placed.volume, change: { ...change, ...to, path: placed.path }, seen: change };
};

const isReplacement = (edit: Edit): edit is ReplacingEdit => edit.kind === undefined || edit.kind === 'replace';

/** What is changed where it is, or moved from there, as the system sees it. */
const sealInPlace = async (
  tree: ComposedTree,
  edit: Exclude<Edit, AmendingEdit | CreatingEdit | ReplacingEdit>,
  path: TreePath,
): Promise<Change> => {
  const { effects } = edit;
  const read = () => present(path, tree.read(path, changedLimitBytes));
  switch (edit.kind) {
    case 'patch': {
      const { offsetBytes, content } = edit;
      const before = digestOf(await present(path, tree.readRange(path, offsetBytes, content.length)));
      return { kind: 'patch-file', path, offsetBytes, before, content, effects };
    }
    case 'label': {
      await present(path, tree.status(path));
      const before = await tree.label(path);
      const labels = {
        ...(before !== undefined && { before }),
        ...(edit.label !== undefined && { label: edit.label }),
      };
      return { kind: 'set-label', path, ...labels, effects };
    }
    case 'move':
      return { kind: 'move-file', path, to: edit.to, digest: digestOf(await read()), effects };
    case 'remove':
      return { ...edit, kind: 'remove-file', path, before: digestOf(await read()) };
  }
};

/** @throws RescueError file-missing */
const present = async <T>(path: TreePath, found: Promise<T | undefined>): Promise<T> => {
  const there = await found;
  if (there === undefined) throw new RescueError('file-missing', { path });
  return there;
};

/** The file behind any links: what is replaced, and what the preview and the journal name. */
const placeOf = async (tree: ComposedTree, path: TreePath): Promise<{ seen: TreePath; placed: Placed }> => {
  const seen = (await tree.resolve(path)) ?? path;
  return { seen, placed: await tree.place(seen) };
};

const sealReplacement = async (tree: ComposedTree, edit: ReplacingEdit): Promise<SealedEdit> => {
  const { seen, placed } = await placeOf(tree, edit.path);
  const current = await present(seen, tree.read(seen, changedLimitBytes));
  const located = await present(seen, tree.locate(seen));
  const { content, effects } = edit;
  const { volume, path } = placed;
  if (located.isTop) {
    const liftsImmutable = await tree.isImmutable(seen);
    const before = digestOf(current);
    const change: Change = { kind: 'write-file', path, before, content, effects, liftsImmutable };
    return { volume, change, seen: { ...change, path: seen } };
  }
  // What lies in a layer that is never written to gets its new content in the layer over it (overlayfs).
  const attributes = await attributesAt(tree, seen);
  const folders = await copiedFolders(tree, placed);
  const change: Change = { kind: 'create-file', path, content, attributes, folders, effects };
  // Seen from above it is there already, and becomes another.
  const replaced = { before: digestOf(current), content, effects, liftsImmutable: false };
  return { volume, change, seen: { kind: 'write-file', path: seen, ...replaced } };
};

/** Folders of a lower layer, as the upper one has to get them. */
const copiedFolders = (tree: Tree, { folders }: Placed): Promise<readonly NewFolder[]> =>
  Promise.all(folders.map(async ({ seen, path }) => ({ path, attributes: await attributesAt(tree, seen) })));

/** @throws RescueError file-missing */
const attributesAt = async (tree: Tree, path: TreePath): Promise<FileAttributes> => {
  const { uid, gid, mode } = await present(path, tree.status(path));
  const label = await tree.label(path);
  return { uid, gid, mode, ...(label !== undefined && { label }) };
};

/** What is missing on the way is made; the innermost folder that is there may be reached through links. */
const sealCreation = async (tree: ComposedTree, edit: CreatingEdit): Promise<SealedEdit> => {
  const folders: NewFolder[] = [];
  for (const folder of edit.folders) if ((await tree.status(folder.path)) === undefined) folders.push(folder);
  const outermost = folders[0]?.path ?? edit.path;
  const parent = parentOf(outermost);
  const real = await tree.resolve(parent);
  if (real === undefined) throw new RescueError('file-missing', { path: parent });
  const moved = (path: TreePath) => (real === '/' ? '' : real) + path.slice(parent === '/' ? 0 : parent.length);
  const placed = await tree.place(moved(edit.path));
  const made = await Promise.all(
    folders.map(async (folder) => ({ ...folder, path: (await tree.place(moved(folder.path))).path })),
  );
  const { volume, path } = placed;
  const { content, attributes, effects } = edit;
  const all = [...(await copiedFolders(tree, placed)), ...made];
  const change: Change = { kind: 'create-file', path, content, attributes, folders: all, effects };
  const seenFolders = folders.map((folder) => ({ ...folder, path: moved(folder.path) }));
  return { volume, change, seen: { ...change, path: moved(edit.path), folders: seenFolders } };
};

const parentOf = (path: TreePath): TreePath => path.slice(0, path.lastIndexOf('/')) || '/';
