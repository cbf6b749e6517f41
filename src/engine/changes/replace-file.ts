import type { ReplaceFile } from '../../model/plan.ts';
import { digestOf } from '../digest.ts';
import type { ReplacedEntry } from '../manifest-entry.ts';
import { digestAt, readExpected, siblingPath } from './content.ts';
import type { ChangeKind } from './kind.ts';

/** New content in the place of a file that is there. */
export const replaceFile: ChangeKind<ReplaceFile, ReplacedEntry> = {
  entryOf: ({ path, before, content }, names) => ({
    ...{ kind: 'replaced', path, before, after: digestOf(content) },
    ...names,
  }),
  contentToSave: (tree, { path, before }) => readExpected(tree, path, before),
  assertAsPlanned: async (tree, { path, before }) => {
    await readExpected(tree, path, before);
  },
  carryOut: (tree, { path, content }, { temporary }) => tree.replaceFile(path, content, temporary),
  standing: async (tree, { path, before, after }) => {
    const digest = await digestAt(tree, path);
    if (digest === before) return 'before';
    return digest === after ? 'after' : 'other';
  },
  putBack: async (tree, { path, before, saved, temporary }, readSaved) =>
    tree.replaceFile(path, await readSaved(saved, before), temporary),
  undoEdit: async ({ path, before, saved }, readSaved, journal) => ({
    path,
    content: await readSaved(saved, before),
    effects: [{ kind: 'put-back', journal }],
  }),
  leftovers: ({ path, temporary }) => [siblingPath(path, temporary)],
};
