import { lstatSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { RescueError } from '../../../model/errors.ts';
import type { CopyProgress, CopyRequest, CopySummary } from '../../../model/recovery.ts';
import { createDescent, type Descent, identityOf } from '../../foreign/descent.ts';
import { makeFolder } from '../../foreign/entries.ts';
import { isSystemError } from '../../process/system-error.ts';
import { nameOfRaw, native, parentOfRaw, type RawPath, rawOf, textOf } from '../../tree/raw-path.ts';
import { copyDoubtful, type SecondPass, type SecondWay } from '../ext/second-way.ts';
import { flush } from '../target/flush.ts';
import { assertOutside } from '../target/outside.ts';
import { manifestFile, openRecord, type ProgressRecord } from '../target/progress-record.ts';
import { type Target, withTarget } from '../target/target.ts';
import { insideCode, stoppedCode, TargetError, toTarget } from '../target/target-error.ts';
import { finishFolders, type Passage } from './attributes-pass.ts';
import { assertFits } from './capacity.ts';
import { type CopyRun, createCopyRun } from './copy-run.ts';
import { createDoubts } from './doubts.ts';
import { createFinisher } from './finisher.ts';
import { makeLinks } from './make-links.ts';
import { measure } from './measure.ts';
import type { Before, CopierSetup } from './messages.ts';
import { createSharedMemory } from './shared-state.ts';
import { createTally, type Tally } from './tally.ts';
import { checkpointMs, checkpoints, vouchFor } from './vouching.ts';

const progressMs = 500;
/** Node sets times as a double of seconds, which is so coarse in this century. */
const doubleStepNs = 1000;

/** What is copied out of: the root of a tree, as an open folder's path. */
export interface CopySource {
  readonly root: string;
  readonly usedBytes: number | undefined;
  readonly secondWay: SecondWay | undefined;
}

/** SourceView.copyOut, for a mounted volume or a folder. */
export const copyOut = async (
  source: CopySource,
  request: CopyRequest,
  onProgress: (progress: CopyProgress) => void,
): Promise<CopySummary> => {
  // Rather collect garbage sooner than grow: the machine may have 1 GB, and holds the rescue system in it as well.
  setFlagsFromString('--optimize-for-size');
  return await withTarget(
    request,
    (around) => assertOutside(around, source.root, request.to),
    (target) => copyInto(target, source, request, onProgress),
  );
};

const copyInto = async (
  target: Target,
  { root: sourceRoot, usedBytes, secondWay }: CopySource,
  request: CopyRequest,
  onProgress: (progress: CopyProgress) => void,
): Promise<CopySummary> => {
  const startedMs = performance.now();
  const targetRoot = target.folder.path;
  const { signal = new AbortController().signal } = request;
  await using record = await openRecord(target, request.sourceId, signal);
  const paths = request.paths.map(rawOf);
  using source = createDescent(sourceRoot);
  using descent = createDescent(targetRoot);
  const totalBytes = await assertFits(target, {
    count: (largest) => measure(sourceRoot, paths, () => {}, signal, largest),
    usedBytes,
    to: request.to,
    isResumed: record.isResumed,
    signal,
  });
  const tally = createTally();
  const work: Work = {
    passage: { source, target: descent, keepsOwners: request.keepsOwners },
    sourceRoot,
    target,
    record,
    tally,
    paths,
    // Where others can reach into the staging folder, no tool is let loose in it.
    isExact: target.abilities.timeStepNs === 1 && target.staging.isPrivate,
    secondWay,
    signal,
  };
  const failure = await copyAll(work, ({ copiedBytes, currentPath }) =>
    onProgress({
      copiedBytes,
      copiedFiles: tally.files,
      elapsedMs: performance.now() - startedMs,
      ...(totalBytes !== undefined && { totalBytes }),
      ...(currentPath !== undefined && { currentPath: `/${textOf(currentPath)}` }),
    }),
  );
  const elapsedMs = performance.now() - startedMs;
  return {
    ...tally.sum(),
    manifest: manifestFile,
    elapsedMs,
    ...(failure && { stoppedBy: refusalOf(failure, request.to) }),
  };
};

interface Work {
  readonly passage: Passage;
  readonly sourceRoot: string;
  readonly target: Target;
  readonly record: ProgressRecord;
  readonly tally: Tally;
  readonly paths: readonly RawPath[];
  /** The target keeps times to the nanosecond, and with them, as a rule, all the rest. */
  readonly isExact: boolean;
  readonly secondWay: SecondWay | undefined;
  readonly signal: AbortSignal;
}

/** @returns the failure of the target that ended it early */
const copyAll = async (work: Work, onProgress: (run: CopyRun) => void): Promise<TargetError | undefined> => {
  const { passage, record, tally, target, isExact, secondWay, signal } = work;
  const doubts = secondWay && createDoubts();
  const targetRoot = target.folder.path;
  const beforeOf = (to: RawPath): Before => {
    if (!record.isResumed) return 'foreign';
    return record.done.has(to) ? 'trusted' : 'doubted';
  };
  const { keepsOwners } = passage;
  const onComplaints = (complaints: string) => addComplaints(tally, complaints);
  await using finisher = await createFinisher({ keepsOwners, onComplaints, onRoom: () => run.resume() });
  await using run = createCopyRun({
    setup: setupOf(work),
    target: passage.target,
    keepsSymlinks: target.abilities.keepsSymlinks,
    ...{ finisher, beforeOf, tally },
    ...(doubts && { doubts }),
  });
  const making = { target: passage.target, stagingRoot: target.staging.path, keepsOwners, isExact };
  const copied: RawPath[] = [];
  const checkpoint = async () => {
    const { lines, links, folders } = run.takeSettled();
    // In the middle of one large file there is nothing to vouch for, and flushing would only hold it up.
    if (lines.length === 0 && links.length === 0 && folders.length === 0) return;
    await finisher.drain();
    onComplaints(await makeLinks(making, links));
    await vouchFor(target, record, { lines, folders });
    for (const folder of folders) copied.push(folder);
  };
  const ticker = setInterval(() => onProgress(run), progressMs);
  signal.addEventListener('abort', run.stop);
  if (signal.aborted) run.stop();
  try {
    for (const path of work.paths) startAt(run, passage, path, beforeOf);
    for (let isOver = false; !isOver; ) {
      isOver = await run.proceed(checkpointMs);
      if (run.failure) await target.giveRoom();
      await checkpoint();
      if (!isOver || run.failure) continue;
      // What could not be read is tried once more, now that everything else is safe.
      const retries = run.ledger.takeRetries();
      for (const draft of retries) run.add(draft);
      isOver = retries.length === 0;
    }
    if (secondWay && doubts && !run.failure) await copyDoubtful(secondPass(work), secondWay, doubts);
    await record.forget(run.ledger.relisted);
    if (isExact) onComplaints(await finishFolders(passage, copied));
    await flush(targetRoot);
    onProgress(run);
    return run.failure;
  } catch (error) {
    if (error instanceof TargetError) return error;
    // Past the copying threads, all that the kernel refuses concerns the target.
    if (isSystemError(error)) return new TargetError(error.code, '', error);
    throw error;
  } finally {
    clearInterval(ticker);
    signal.removeEventListener('abort', run.stop);
  }
};

const secondPass = ({ passage, target, record, tally, signal }: Work): SecondPass => ({
  ...{ target, descent: passage.target, tally, keepsOwners: passage.keepsOwners, addBytes: () => {} },
  goOn: (path) => {
    if (signal.aborted) throw new TargetError(stoppedCode, path, undefined);
  },
  checkpoint: checkpoints(target, record),
});

const setupOf = ({ sourceRoot, target: { folder, staging, abilities }, isExact }: Work): CopierSetup => ({
  sourceRoot,
  targetRoot: folder.path,
  targetIdentity: identityOf(folder.handle.fd),
  stagingRoot: staging.path,
  names: abilities.names,
  timeStepNs: isExact ? 1 : Math.max(abilities.timeStepNs, doubleStepNs),
  handsOver: isExact,
  keepsHardLinks: abilities.keepsHardLinks,
  shared: createSharedMemory(),
});

/** Puts one of the paths asked for to work, in the folders that it stands in. */
const startAt = (run: CopyRun, { source, target }: Passage, path: RawPath, beforeOf: (to: RawPath) => Before) => {
  const folder = parentOfRaw(path);
  makeFolders(target, folder);
  const stats = source.within(folder, (parent) => lstatSync(native(`${parent}/${nameOfRaw(path) || '.'}`)));
  if (stats.isDirectory()) run.add({ kind: 'folder', folder: path, to: path, before: beforeOf(path) });
  else run.add({ kind: 'files', folder, to: folder, items: [{ name: nameOfRaw(path) }], before: beforeOf(folder) });
};

/** The folders above what was asked for, with nothing of theirs but the names. */
export const makeFolders = (target: Descent, path: RawPath): void => {
  if (path === '') return;
  const parent = parentOfRaw(path);
  makeFolders(target, parent);
  toTarget(() => target.within(parent, (folder) => makeFolder(`${folder}/${nameOfRaw(path)}`, 0o755)), path);
};

const addComplaints = (tally: Tally, complaints: string): void => {
  if (complaints.trim() !== '') tally.addProblem({ kind: 'attributes-lost', output: complaints.trim() });
};

export const refusalOf = ({ code, path, cause }: TargetError, to: string): RescueError => {
  if (code === stoppedCode) return new RescueError('stopped', { path: to });
  if (code === insideCode) return new RescueError('target-inside-source', { path: to });
  if (code === 'ENOSPC' || code === 'EDQUOT') return new RescueError('target-full', { path: to }, { cause });
  return new RescueError('target-unusable', { path: `${to}/${textOf(path)}`, reason: code }, { cause });
};
