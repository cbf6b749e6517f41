import { RescueError } from '../../../model/errors.ts';
import type { CopyProgress, CopyRequest, CopySummary } from '../../../model/recovery.ts';
import { createDescent } from '../../foreign/descent.ts';
import { isSystemError } from '../../process/system-error.ts';
import { nameOfRaw, parentOfRaw, rawOf, textOf } from '../../tree/raw-path.ts';
import { assertFits } from '../copy/capacity.ts';
import { makeFolders, refusalOf } from '../copy/copy-out.ts';
import { createLedger } from '../copy/ledger.ts';
import { createTally } from '../copy/tally.ts';
import { checkpoints } from '../copy/vouching.ts';
import { flush } from '../target/flush.ts';
import { manifestFile, openRecord, type ProgressRecord } from '../target/progress-record.ts';
import { type Target, withTarget } from '../target/target.ts';
import { stoppedCode, TargetError } from '../target/target-error.ts';
import { copyNamed, copyTree, finishTree, type Walk } from './copy-folder.ts';
import { measureExt } from './measure.ts';
import type { ExtReader } from './reader.ts';
import type { ExtTree } from './tree.ts';

const progressMs = 500;

/**
 * SourceView.copyOut for a file system that the kernel does not mount: one file after the other, with the same target,
 * manifest, record and receipt. Times are kept to the microsecond, extended attributes and access lists are not.
 */
export const copyOutOfExt = async (
  reader: ExtReader,
  tree: ExtTree,
  usedBytes: number | undefined,
  request: CopyRequest,
  onProgress: (progress: CopyProgress) => void,
): Promise<CopySummary> => {
  return await withTarget(request, undefined, (target) =>
    copyInto(target, reader, tree, usedBytes, request, onProgress),
  );
};

const copyInto = async (
  target: Target,
  reader: ExtReader,
  tree: ExtTree,
  usedBytes: number | undefined,
  request: CopyRequest,
  onProgress: (progress: CopyProgress) => void,
): Promise<CopySummary> => {
  const startedMs = performance.now();
  const { to, signal = new AbortController().signal, keepsOwners } = request;
  using descent = createDescent(target.folder.path);
  await using record = await openRecord(target, request.sourceId, signal);
  const { isResumed } = record;
  const totalBytes = await assertFits(target, {
    count: (largest) => measureExt(reader, tree, request.paths, () => {}, signal, largest),
    ...{ usedBytes, to, isResumed, signal },
  });
  const tally = createTally();
  let copiedBytes = 0;
  const walk: Walk = {
    ...{ reader, keepsOwners, tally },
    target: descent,
    abilities: target.abilities,
    ledger: createLedger({ target: descent, keepsSymlinks: target.abilities.keepsSymlinks, tally }),
    staging: `${target.staging.path}/file`,
    beforeOf: (folder) => {
      if (!isResumed) return 'foreign';
      return record.done.has(folder) ? 'trusted' : 'doubted';
    },
    addBytes: (bytes) => {
      copiedBytes += bytes;
    },
    goOn: (path) => {
      if (signal.aborted) throw new TargetError(stoppedCode, path, undefined);
    },
    checkpoint: checkpoints(target, record),
    visited: new Set(),
    finished: [],
    attributes: [],
    currentPath: '',
  };
  // What cannot be read is not tried twice: its sectors were asked for one by one.
  walk.ledger.takeRetries();
  const tell = () =>
    onProgress({
      ...{ copiedBytes, copiedFiles: tally.files, elapsedMs: performance.now() - startedMs },
      ...(totalBytes !== undefined && { totalBytes }),
      ...(walk.currentPath !== '' && { currentPath: `/${textOf(walk.currentPath)}` }),
    });
  const ticker = setInterval(tell, progressMs);
  const failure = await copyAll(walk, tree, request, record, target).finally(() => clearInterval(ticker));
  tell();
  const elapsedMs = performance.now() - startedMs;
  return {
    ...tally.sum(),
    ...{ manifest: manifestFile, elapsedMs },
    ...(failure && { stoppedBy: refusalOf(failure, to) }),
  };
};

/** @returns the failure of the target that ended it early */
const copyAll = async (
  walk: Walk,
  tree: ExtTree,
  { paths }: CopyRequest,
  record: ProgressRecord,
  target: Target,
): Promise<TargetError | undefined> => {
  const failure = await untilTargetFails(async () => {
    for (const asked of paths) {
      walk.goOn('');
      const found = await tree.locate(asked);
      if (found === undefined) throw new RescueError('file-missing', { path: asked });
      const path = rawOf(asked);
      makeFolders(walk.target, parentOfRaw(path));
      if (found.inode.kind !== 'directory') await copyNamed(walk, parentOfRaw(path), nameOfRaw(path), found);
      else await copyTree(walk, { number: found.number, path, to: path });
    }
  });
  const ending = await untilTargetFails(async () => {
    if (failure) await target.giveRoom();
    await walk.checkpoint(walk.ledger, true);
    await record.forget(walk.ledger.relisted);
    finishTree(walk);
    if (walk.attributes.length > 0)
      walk.tally.addProblem({ kind: 'attributes-lost', output: walk.attributes.join('\n') });
    await flush(target.folder.path);
  });
  return failure ?? ending;
};

const untilTargetFails = async (action: () => Promise<void>): Promise<TargetError | undefined> => {
  try {
    await action();
    return undefined;
  } catch (error) {
    if (error instanceof TargetError) return error;
    // The disk's failures were dealt with where they happened: what is left is the target's.
    if (isSystemError(error)) return new TargetError(error.code, '', error);
    throw error;
  }
};
