import { RescueError } from '../../model/errors.ts';
import type { SetLabel } from '../../model/plan.ts';
import type { RelabelledEntry } from '../manifest-entry.ts';
import { siblingPath } from './content.ts';
import type { ChangeKind } from './kind.ts';

/** A file gets the SELinux label that its system expects. */
export const setLabel: ChangeKind<SetLabel, RelabelledEntry> = {
  entryOf: ({ path, before, label }, { temporary }) => ({
    ...{ kind: 'relabelled', path, temporary },
    ...(before !== undefined && { before }),
    ...(label !== undefined && { after: label }),
  }),
  contentToSave: async () => undefined,
  assertAsPlanned: async (tree, { path, before }) => {
    const isThere = (await tree.status(path)) !== undefined;
    if (!isThere || (await tree.label(path)) !== before) throw new RescueError('plan-stale', { path });
  },
  carryOut: (tree, { path, label }, { temporary }) => tree.setLabel(path, label, temporary),
  standing: async (tree, { path, before, after }) => {
    if ((await tree.status(path)) === undefined) return 'other';
    const label = await tree.label(path);
    if (label === before) return 'before';
    return label === after ? 'after' : 'other';
  },
  putBack: (tree, { path, before, temporary }) => tree.setLabel(path, before, temporary),
  undoEdit: async ({ path, before }, _readSaved, journal) => ({
    ...{ kind: 'label', path, ...(before !== undefined && { label: before }) },
    effects: [{ kind: 'put-back', journal }],
  }),
  leftovers: ({ path, temporary }) => [siblingPath(path, temporary)],
};
