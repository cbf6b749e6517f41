import type { AmendingEdit, CreatingEdit, Edit } from '../model/edit.ts';
import { RescueError } from '../model/errors.ts';
import type { DoorState } from '../model/finding.ts';
import type { Change, Digest, NewFolder, Notice } from '../model/plan.ts';
import type { DeviceId, Volume } from '../model/storage.ts';
import type { Tree, TreePath } from '../model/tree.ts';
import type { Purpose } from '../operations/purpose.ts';
import { changedLimitBytes } from './changes/content.ts';
import { digestOf } from './digest.ts';

/** What an operation wants, before the engine has tied it to the files as they stand. */
export interface Draft {
  readonly purpose: Purpose;
  readonly edits: readonly Edit[];
  readonly warnings: readonly Notice[];
}

/** The changes that would be made, in order, to one volume; nothing is written without a consent to exactly this. */
export interface Plan {
  readonly purpose: Purpose;
  readonly volume: DeviceId;
  readonly changes: readonly Change[];
  readonly warnings: readonly Notice[];
  /** Over everything above: what a Consent is given to. */
  readonly digest: Digest;
}

/** A plan, where it applies, and how to prove afterwards that it did what it is for. */
export interface PreparedPlan {
  readonly plan: Plan;
  readonly volume: Volume;
  /** Looks afresh, after the volume was given back. @throws RescueError verify-failed */
  readonly verify: (tree: Tree) => Promise<void>;
  /** How each door of the account will stand; undefined for a plan that is about no account, or where that cannot be told. */
  readonly doors?: readonly DoorState[];
  /** The same, of the disk as it is. */
  readonly rehearse?: (tree: Tree) => Promise<readonly DoorState[] | undefined>;
}

/** Ties a draft to the files as they stand now. @throws RescueError file-missing and what Tree throws */
export const sealPlan = async (volume: Volume, tree: Tree, draft: Draft): Promise<Plan> => {
  const changes: Change[] = [];
  for (const edit of draft.edits)
    if (edit.kind === 'amend') await sealAmendment(tree, edit, changes);
    else changes.push(await sealEdit(tree, edit));
  const warnings = [...draft.warnings, ...volumeWarnings(volume)];
  const unsigned = { purpose: draft.purpose, volume: volume.id, changes, warnings };
  return { ...unsigned, digest: digestPlan(unsigned) };
};

/** What amends a file that the plan changes anyway goes into the same change. */
const sealAmendment = async (tree: Tree, edit: AmendingEdit, changes: Change[]): Promise<void> => {
  const path = (await tree.resolve(edit.path)) ?? edit.path;
  const at = changes.findIndex((change) => change.path === path && 'content' in change);
  const earlier = changes[at];
  if (earlier && 'content' in earlier) {
    const effects = [...earlier.effects, ...edit.effects];
    changes[at] = { ...earlier, content: edit.amend(earlier.content), effects };
    return;
  }
  const current = await present(path, tree.read(path));
  const content = edit.amend(current);
  const before = digestOf(current);
  if (digestOf(content) === before) return;
  const { effects } = edit;
  changes.push({ kind: 'write-file', path, before, content, effects, liftsImmutable: await tree.isImmutable(path) });
};

const sealEdit = async (tree: Tree, edit: Exclude<Edit, AmendingEdit>): Promise<Change> => {
  if (edit.kind === 'create') return await sealCreation(tree, edit);
  // The file behind any links: what is changed, and what the preview and the journal name.
  const path = (await tree.resolve(edit.path)) ?? edit.path;
  const read = () => present(path, tree.read(path, changedLimitBytes));
  const { effects } = edit;
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
    default: {
      const before = digestOf(await read());
      const liftsImmutable = await tree.isImmutable(path);
      return { kind: 'write-file', path, before, content: edit.content, effects, liftsImmutable };
    }
  }
};

/** @throws RescueError file-missing */
const present = async <T>(path: TreePath, found: Promise<T | undefined>): Promise<T> => {
  const there = await found;
  if (there === undefined) throw new RescueError('file-missing', { path });
  return there;
};

/** What is missing on the way is made; the innermost folder that is there may be reached through links. */
const sealCreation = async (tree: Tree, edit: CreatingEdit): Promise<Change> => {
  const folders: NewFolder[] = [];
  for (const folder of edit.folders) if ((await tree.status(folder.path)) === undefined) folders.push(folder);
  const outermost = folders[0]?.path ?? edit.path;
  const parent = parentOf(outermost);
  const real = await tree.resolve(parent);
  if (real === undefined) throw new RescueError('file-missing', { path: parent });
  const moved = (path: TreePath) => (real === '/' ? '' : real) + path.slice(parent === '/' ? 0 : parent.length);
  return {
    ...{ kind: 'create-file', path: moved(edit.path), content: edit.content, attributes: edit.attributes },
    folders: folders.map(({ path, attributes }) => ({ path: moved(path), attributes })),
    effects: edit.effects,
  };
};

const parentOf = (path: TreePath): TreePath => path.slice(0, path.lastIndexOf('/')) || '/';

const volumeWarnings = ({ filesystem, selector }: Volume): readonly Notice[] =>
  filesystem?.state === 'dirty' ? [{ code: 'journal-replay', details: { selector } }] : [];

/** Over purpose, volume, and every change with its content: two plans that would do the same have the same digest. */
const digestPlan = ({ purpose, volume, changes }: Omit<Plan, 'digest'>) =>
  digestOf(
    JSON.stringify([
      purpose,
      volume,
      changes.map((change) => ('content' in change ? { ...change, content: digestOf(change.content) } : change)),
    ]),
  );
