import { RescueError } from '../model/errors.ts';
import type { Change, Notice, Plan, Purpose } from '../model/plan.ts';
import type { Volume } from '../model/storage.ts';
import type { Edit } from '../model/system.ts';
import type { Tree } from '../model/tree.ts';
import { digestOf } from './digest.ts';

/** What a task wants, before the engine has tied it to the files as they stand. */
export interface Draft {
  readonly purpose: Purpose;
  readonly edits: readonly Edit[];
  readonly warnings: readonly Notice[];
}

/** A plan, where it applies, and how to prove afterwards that it did what it is for. */
export interface PreparedPlan {
  readonly plan: Plan;
  readonly volume: Volume;
  /** Looks afresh, after the volume was given back. @throws RescueError verify-failed */
  readonly verify: (tree: Tree) => Promise<void>;
}

/** Ties a draft to the files as they stand now. @throws RescueError file-missing and what Tree throws */
export const sealPlan = async (volume: Volume, tree: Tree, draft: Draft): Promise<Plan> => {
  const changes: Change[] = [];
  for (const { path: asked, content, effects } of draft.edits) {
    // The file behind any links: what is replaced, and what the preview and the journal name.
    const path = (await tree.resolve(asked)) ?? asked;
    const current = await tree.read(path);
    if (current === undefined) throw new RescueError('file-missing', { path });
    const liftsImmutable = await tree.isImmutable(path);
    changes.push({ kind: 'write-file', path, before: digestOf(current), content, effects, liftsImmutable });
  }
  const warnings = [...draft.warnings, ...volumeWarnings(volume)];
  const unsigned = { purpose: draft.purpose, volume: volume.id, changes, warnings };
  return { ...unsigned, digest: digestPlan(unsigned) };
};

const volumeWarnings = ({ filesystem, selector }: Volume): readonly Notice[] =>
  filesystem?.state === 'dirty' ? [{ code: 'journal-replay', details: { selector } }] : [];

/** Over purpose, volume, and every change with its content: two plans that would do the same have the same digest. */
const digestPlan = ({ purpose, volume, changes }: Omit<Plan, 'digest'>) =>
  digestOf(
    JSON.stringify([purpose, volume, changes.map(({ content, ...rest }) => ({ ...rest, content: digestOf(content) }))]),
  );
