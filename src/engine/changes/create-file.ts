import { RescueError } from '../../model/errors.ts';
import type { CreateFile, NewFolder } from '../../model/plan.ts';
import type { TreePath, WritableTree } from '../../model/tree.ts';
import { digestOf } from '../digest.ts';
import type { CreatedEntry } from '../manifest-entry.ts';
import { digestAt, siblingPath } from './content.ts';
import type { ChangeKind } from './kind.ts';

/** A file where nothing is, and the folders above it that are missing. */
export const createFile: ChangeKind<CreateFile, CreatedEntry> = {
  entryOf: ({ path, content, attributes, folders }, { temporary }) => ({
    ...{ kind: 'created', path, after: digestOf(content), attributes, folders, temporary },
  }),
  contentToSave: async () => undefined,
  assertAsPlanned: async (tree, { path, folders }) => {
    for (const each of [path, ...folders.map((folder) => folder.path)])
      if ((await tree.status(each)) !== undefined) throw new RescueError('plan-stale', { path: each });
  },
  carryOut: (tree, { path, content, attributes, folders }, { temporary }) =>
    createWithFolders(tree, path, content, { attributes, folders, temporary }),
  standing: async (tree, { path, after }) => {
    const digest = await digestAt(tree, path);
    if (digest === undefined) return 'before';
    return digest === after ? 'after' : 'other';
  },
  putBack: (tree, { path, folders }) => removeWithFolders(tree, path, folders),
  undoEdit: async ({ path, attributes, folders }, _readSaved, journal) => ({
    ...{ kind: 'remove', path, attributes, folders },
    effects: [{ kind: 'take-away', journal }],
  }),
  leftovers: ({ path, temporary }) => [siblingPath(path, temporary)],
};

/** Makes a file and the folders for it. */
export const createWithFolders = async (
  tree: WritableTree,
  path: TreePath,
  content: Uint8Array,
  { attributes, folders, temporary }: Pick<CreatedEntry, 'attributes' | 'folders' | 'temporary'>,
): Promise<void> => {
  for (const folder of folders) await tree.createFolderAs(folder.path, folder.attributes);
  await tree.createFileAs(path, content, attributes, temporary);
};

/** Removes a file, and the folders that were made for it where they are empty now. */
export const removeWithFolders = async (
  tree: WritableTree,
  path: TreePath,
  folders: readonly NewFolder[],
): Promise<void> => {
  await tree.removeFile(path);
  for (const folder of folders.toReversed()) await tree.removeFolder(folder.path);
};
