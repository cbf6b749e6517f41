import { RescueError } from '../../model/errors.ts';
import type { Digest } from '../../model/plan.ts';
import type { Receipt } from '../../model/receipt.ts';
import type { CopyProgress, Reading, Recovery, TreeSize } from '../../model/recovery.ts';
import type { Volume } from '../../model/storage.ts';
import type { TreePath } from '../../model/tree.ts';
import type { Context } from '../context.ts';
import { type OpenedSource, openSource, type SourceRequest } from './source.ts';

export interface RecoverRequest extends SourceRequest {
  readonly to: string;
  /** As in CopyTarget. */
  readonly shownAs?: string;
  readonly keepsOwners: boolean;
  /** Hash the source before and after. */
  readonly proves: boolean;
  /** As in CopyRequest. */
  readonly notesToFollow?: number;
  /** As in CopyRequest. */
  readonly signal?: AbortSignal;
}

/** How a recovery is going. */
export type RecoverNews =
  | { readonly kind: 'proving'; readonly doneBytes: number; readonly totalBytes: number }
  | { readonly kind: 'reading'; readonly reading: Reading; readonly selector: string }
  | { readonly kind: 'copying'; readonly progress: CopyProgress };

/**
 * Copies files out of a volume, which is only ever read.
 * @throws RescueError what openSource and SourceView.copyOut throw; stopped
 */
export const recover = async (
  context: Context,
  recovery: Recovery,
  request: RecoverRequest,
  onNews: (news: RecoverNews) => void,
): Promise<Receipt> => {
  const { receipt, volume, before } = await (async () => {
    await using source = await openSource(context, recovery, request);
    const { volume, view } = source;
    const before = request.proves ? await prove(recovery, volume, request, onNews) : undefined;
    onNews({ kind: 'reading', reading: view.reading, selector: volume.selector });
    const receipt = await copyFrom(context, source, request, (progress) => onNews({ kind: 'copying', progress }));
    return { receipt, volume, before };
  })();
  if (before === undefined || request.signal?.aborted) return receipt;
  return { ...receipt, proof: { path: volume.path, before, after: await prove(recovery, volume, request, onNews) } };
};

/** What a recovery would come to. */
export interface RecoveryPlan {
  readonly version: 1;
  readonly status: 'planned';
  readonly volume: Pick<Volume, 'id' | 'selector' | 'path'>;
  readonly paths: readonly TreePath[];
  readonly to: string;
  readonly reading: Reading;
  readonly size: TreeSize;
  readonly freeBytes: number;
}

/** Counts what would be copied, and writes nothing. @throws RescueError what openSource throws; target-unusable */
export const planRecovery = async (
  context: Context,
  recovery: Recovery,
  request: RecoverRequest,
): Promise<RecoveryPlan> => {
  const { to, signal = new AbortController().signal } = request;
  const freeBytes = await recovery.freeBytesAt(to);
  await using source = await openSource(context, recovery, request);
  const { volume, view, paths } = source;
  const { id, selector, path } = volume;
  const { files, folders, bytes } = await view.measure(paths, () => {}, signal);
  if (signal.aborted) throw new RescueError('stopped', { path: to });
  const size = { files, folders, bytes };
  return {
    ...{ version: 1, status: 'planned', volume: { id, selector, path }, paths },
    ...{ to, reading: view.reading, size, freeBytes },
  };
};

/** Where files are copied to. */
export interface CopyTarget {
  readonly to: string;
  /** What a person calls that folder; its path, unless told. */
  readonly shownAs?: string;
  readonly keepsOwners: boolean;
  /** As in CopyRequest. */
  readonly notesToFollow?: number;
  readonly signal?: AbortSignal;
}

/** Copies files out of a volume that is open already. @throws RescueError what SourceView.copyOut throws */
export const copyFrom = async (
  { now }: Pick<Context, 'now'>,
  { volume, view, paths }: Pick<OpenedSource, 'volume' | 'view' | 'paths'>,
  { to, shownAs = to, keepsOwners, notesToFollow = 0, signal }: CopyTarget,
  onProgress: (progress: CopyProgress) => void,
): Promise<Receipt> => {
  const startedAtMs = now();
  const { id, selector, path, filesystem } = volume;
  const request = { paths, to, sourceId: id, keepsOwners, notesToFollow, ...(signal && { signal }) };
  const summary = await view.copyOut(request, onProgress);
  return {
    version: 1,
    volume: { id, selector, path, ...(filesystem && { filesystem }) },
    paths,
    to: shownAs,
    reading: view.reading,
    startedAtMs,
    summary,
  };
};

/** @throws RescueError source-unusable for a folder, which has no bytes of its own; stopped */
const prove = (
  recovery: Recovery,
  { kind, path }: Volume,
  { to, signal }: RecoverRequest,
  onNews: (news: RecoverNews) => void,
): Promise<Digest> => {
  if (kind === 'folder') throw new RescueError('source-unusable', { path, kind: 'folder' });
  return recovery.digestSource(path, (doneBytes, totalBytes) => {
    if (signal?.aborted) throw new RescueError('stopped', { path: to });
    onNews({ kind: 'proving', doneBytes, totalBytes });
  });
};
