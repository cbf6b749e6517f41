import type { Edit } from '../model/edit.ts';
import { RescueError } from '../model/errors.ts';
import type { DoorState } from '../model/finding.ts';
import type { Change, Digest, Notice } from '../model/plan.ts';
import type { DeviceId, Volume } from '../model/storage.ts';
import type { Piece } from '../model/system.ts';
import type { Tree } from '../model/tree.ts';
import type { Tick } from '../operations/operation.ts';
import type { Purpose } from '../operations/purpose.ts';
import type { ComposedTree } from '../systems/tree/composed-tree.ts';
import { digestOf } from './digest.ts';
import { sealEdits } from './seal.ts';

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
  /** The one that is written to. */
  readonly volume: Volume;
  /** The tree that `verify` looks at. */
  readonly pieces: readonly Piece[];
  readonly ticks?: readonly Tick[];
  /** Looks afresh, after the volume was given back. @throws RescueError verify-failed */
  readonly verify: (tree: Tree) => Promise<void>;
  /** How each door of the account will stand; undefined for a plan that is about no account, or where that cannot be told. */
  readonly doors?: readonly DoorState[];
  /** The same, of the disk as it is. */
  readonly rehearse?: (tree: Tree) => Promise<readonly DoorState[] | undefined>;
}

/** A plan, the volume that it is for, and the same changes as the system itself would see them. */
export interface SealedPlan extends Pick<PreparedPlan, 'plan' | 'volume'> {
  readonly seen: readonly Change[];
}

/**
 * Ties a draft to the files as they stand now, on the volume that they really are on.
 * @param root where the system's root is: what a plan without changes is about
 * @throws RescueError file-missing, several-volumes and what Tree throws
 */
export const sealPlan = async (root: Volume, tree: ComposedTree, draft: Draft): Promise<SealedPlan> => {
  const sealed = await sealEdits(tree, draft.edits);
  const volumes = [...new Set(sealed.map(({ volume }) => volume))];
  const [volume = root, ...others] = volumes;
  if (others.length > 0)
    throw new RescueError('several-volumes', { selectors: volumes.map(({ selector }) => selector) });
  const elsewhere: readonly Notice[] =
    volume === root ? [] : [{ code: 'lies-elsewhere', details: { selector: volume.selector, root: root.selector } }];
  const warnings = [...draft.warnings, ...elsewhere, ...volumeWarnings(volume)];
  const changes = sealed.map(({ change }) => change);
  const unsigned = { purpose: draft.purpose, volume: volume.id, changes, warnings };
  return { plan: { ...unsigned, digest: digestPlan(unsigned) }, volume, seen: sealed.map((each) => each.seen) };
};

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
