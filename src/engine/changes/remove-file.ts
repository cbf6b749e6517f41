import type { RemoveFile } from '../../model/plan.ts';
import type { RemovedEntry } from '../manifest-entry.ts';
import { digestAt, readExpected, siblingPath } from './content.ts';
import { createWithFolders, removeWithFolders } from './create-file.ts';
import type { ChangeKind } from './kind.ts';

/** A file is taken away, as when its making is undone. */
export const removeFile: ChangeKind<RemoveFile, RemovedEntry> = {
  entryOf: ({ path, before, attributes, folders }, names) => ({
    ...{ kind: 'removed', path, before, attributes, folders },
    ...names,
  }),
  contentToSave: (tree, { path, before }) => readExpected(tree, path, before),
  assertAsPlanned: async (tree, { path, before }) => {
    await readExpected(tree, path, before);
  },
  carryOut: (tree, { path, folders }) => removeWithFolders(tree, path, folders),
  standing: async (tree, { path, before }) => {
    const digest = await digestAt(tree, path);
    if (digest === undefined) return 'after';
    return digest === before ? 'before' : 'other';
  },
  putBack: async (tree, entry, readSaved) => {
    const missing = [];
    for (const folder of entry.folders) if ((await tree.status(folder.path)) === undefined) missing.push(folder);
    const content = await readSaved(entry.saved, entry.before);
    await createWithFolders(tree, entry.path, content, { ...entry, folders: missing });
  },
  undoEdit: async ({ path, before, saved, attributes, folders }, readSaved, journal) => ({
    ...{ kind: 'create', path, content: await readSaved(saved, before), attributes, folders },
    effects: [{ kind: 'put-back', journal }],
  }),
  leftovers: ({ path, temporary }) => [siblingPath(path, temporary)],
};
