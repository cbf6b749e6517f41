import { RescueError } from '../../model/errors.ts';
import type { Digest } from '../../model/plan.ts';
import type { CopyProgress, CopySummary, Reading, Recovery } from '../../model/recovery.ts';
import type { Volume } from '../../model/storage.ts';
import type { TreePath } from '../../model/tree.ts';
import type { Context } from '../context.ts';
import { openSource, type SourceRequest } from './source.ts';

export interface RecoverRequest extends SourceRequest {
  readonly to: string;
  readonly keepsOwners: boolean;
  /** Hash the source before and after. */
  readonly proves: boolean;
}

/** What a recovery came to; the report is made of it. */
export interface Receipt {
  readonly version: 1;
  readonly volume: Pick<Volume, 'id' | 'selector' | 'path' | 'filesystem'>;
  readonly paths: readonly TreePath[];
  readonly to: string;
  readonly reading: Reading;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly summary: CopySummary;
  readonly proof?: { readonly path: string; readonly before: Digest; readonly after: Digest };
}

/** How a recovery is going. */
export type RecoverNews =
  | { readonly kind: 'proving'; readonly doneBytes: number; readonly totalBytes: number }
  | { readonly kind: 'reading'; readonly reading: Reading; readonly selector: string }
  | { readonly kind: 'copying'; readonly progress: CopyProgress };

/**
 * Copies files out of a volume, which is only ever read.
 * @throws RescueError what openSource and SourceView.copyOut throw
 */
export const recover = async (
  context: Context,
  recovery: Recovery,
  request: RecoverRequest,
  onNews: (news: RecoverNews) => void,
): Promise<Receipt> => {
  const startedAtMs = context.now();
  const { volume, paths, reading, summary, before } = await (async () => {
    await using source = await openSource(context, recovery, request);
    const { volume, view, paths } = source;
    const before = request.proves ? await prove(recovery, volume, onNews) : undefined;
    onNews({ kind: 'reading', reading: view.reading, selector: volume.selector });
    const { to, keepsOwners } = request;
    const summary = await view.copyOut({ paths, to, sourceId: volume.id, keepsOwners }, (progress) =>
      onNews({ kind: 'copying', progress }),
    );
    return { volume, paths, reading: view.reading, summary, before };
  })();
  const after = before && (await prove(recovery, volume, onNews));
  const { id, selector, path, filesystem } = volume;
  return {
    version: 1,
    volume: { id, selector, path, ...(filesystem && { filesystem }) },
    paths,
    to: request.to,
    reading,
    startedAtMs,
    summary,
    ...(before && after && { proof: { path, before, after } }),
  };
};

/** @throws RescueError source-unusable for a folder, which has no bytes of its own */
const prove = (recovery: Recovery, { kind, path }: Volume, onNews: (news: RecoverNews) => void): Promise<Digest> => {
  if (kind === 'folder') throw new RescueError('source-unusable', { path, kind: 'folder' });
  return recovery.digestSource(path, (doneBytes, totalBytes) => onNews({ kind: 'proving', doneBytes, totalBytes }));
};

/** Whether everything that was asked for is in the target, whole. Devices, FIFOs and the like cannot be. */
export const isComplete = ({ summary: { problemCounts, stoppedBy } }: Receipt): boolean =>
  stoppedBy === undefined &&
  problemCounts['unreadable-file'] +
    problemCounts['unreadable-folder'] +
    problemCounts.damaged +
    problemCounts.exists ===
    0;
