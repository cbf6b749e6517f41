import type { CreateFile, Effect, MoveFile, PatchFile, RemoveFile, SetLabel } from './plan.ts';
import type { TreePath } from './tree.ts';

/** What an account store proposes to do to one file; the engine adds digests and the immutable flag and makes a Change of it. */
export type Edit =
  | ReplacingEdit
  | AmendingEdit
  | CreatingEdit
  | RemovingEdit
  | MovingEdit
  | PatchingEdit
  | LabellingEdit;

export interface ReplacingEdit {
  readonly kind?: 'replace';
  readonly path: TreePath;
  readonly content: Uint8Array;
  readonly effects: readonly Effect[];
}

/** A part of a file becomes another, whatever else is changed in it: several can go into one change. */
export interface AmendingEdit {
  readonly kind: 'amend';
  readonly path: TreePath;
  /** The file as it should be; the same bytes where there is nothing to do. */
  readonly amend: (content: Uint8Array) => Uint8Array;
  readonly effects: readonly Effect[];
}

export interface CreatingEdit extends Omit<CreateFile, 'kind'> {
  readonly kind: 'create';
}

export interface RemovingEdit extends Omit<RemoveFile, 'kind' | 'before'> {
  readonly kind: 'remove';
}

export interface MovingEdit extends Omit<MoveFile, 'kind' | 'digest'> {
  readonly kind: 'move';
}

export interface PatchingEdit extends Omit<PatchFile, 'kind' | 'before'> {
  readonly kind: 'patch';
}

export interface LabellingEdit extends Omit<SetLabel, 'kind' | 'before'> {
  readonly kind: 'label';
}
