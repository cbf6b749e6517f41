import { RescueError } from '../../model/errors.ts';
import type { MoveFile } from '../../model/plan.ts';
import type { MovedEntry } from '../manifest-entry.ts';
import { digestAt, readExpected } from './content.ts';
import type { ChangeKind } from './kind.ts';

/** A file gets another name, as when damaged accounts are set aside. */
export const moveFile: ChangeKind<MoveFile, MovedEntry> = {
  entryOf: ({ path, to, digest }) => ({ kind: 'moved', path, to, digest }),
  contentToSave: async () => undefined,
  assertAsPlanned: async (tree, { path, to, digest }) => {
    await readExpected(tree, path, digest);
    if ((await tree.status(to)) !== undefined) throw new RescueError('plan-stale', { path: to });
  },
  carryOut: (tree, { path, to }) => tree.moveFile(path, to),
  standing: async (tree, { path, to, digest }) => {
    const [from, there] = [await digestAt(tree, path), await digestAt(tree, to)];
    // Cut off in the middle, the file has both names.
    if (there === digest && (from === undefined || from === digest)) return 'after';
    return from === digest && there === undefined ? 'before' : 'other';
  },
  putBack: (tree, { path, to }) => tree.moveFile(to, path),
  undoEdit: async ({ path, to }, _readSaved, journal) => ({
    ...{ kind: 'move', path: to, to: path },
    effects: [{ kind: 'put-back', journal }],
  }),
  leftovers: () => [],
};
