import { joinRaw, type RawPath, textOf } from '../../tree/raw-path.ts';
import { stoppedCode, TargetError } from '../target/target-error.ts';
import { createLedger, type Ledger, type LedgerOptions, type Settled } from './ledger.ts';
import type { Before, CopierSetup, Draft, Job, News } from './messages.ts';
import { startPool } from './pool.ts';
import { sharedStateIn } from './shared-state.ts';

/** More than processors, since most of the time they wait for the disk. */
const threads = 4;
/** What is copied, but neither finished nor in the manifest. Beyond it the copying waits for the next checkpoint. */
const unsettledLimit = 20_000;

export interface RunOptions extends LedgerOptions {
  readonly setup: CopierSetup;
  /** What may stand in a folder of the target that was there already. */
  readonly beforeOf: (to: RawPath) => Before;
}

/** One copy under way: shares the work out among threads. */
export interface CopyRun extends AsyncDisposable {
  readonly ledger: Omit<Ledger, 'takeSettled'>;
  /** Where the target gave up. */
  readonly failure: TargetError | undefined;
  add(draft: Draft): void;
  /** Looks whether the copying can go on. */
  resume(): void;
  /** Leaves out what is under way, and ends. */
  stop(): void;
  /** Works for that long, or until there is nothing left to do, or much to settle. @returns whether all is done */
  proceed(milliseconds: number): Promise<boolean>;
  /** What is left to do for what was copied since the last time; the copying goes on meanwhile. */
  takeSettled(): Settled;
  readonly copiedBytes: number;
  readonly currentPath: RawPath | undefined;
}

/** A folder of the target, until everything in it is copied; what is below it is counted there. */
interface OpenFolder {
  readonly to: RawPath;
  jobs: number;
  isWhole: boolean;
}

export const createCopyRun = (options: RunOptions): CopyRun => {
  const { setup, beforeOf, tally } = options;
  const shared = sharedStateIn(setup.shared);
  const ledger = createLedger(options);
  /** Files first: a folder is listed only when a thread has nothing else to do, which bounds what waits. */
  const queues: Record<Job['kind'], Job[]> = { files: [], folder: [] };
  const known = new Map<number, { readonly job: Job; readonly folder: OpenFolder }>();
  const open = new Map<RawPath, OpenFolder>();
  let nextId = 0;
  let failure: TargetError | undefined;
  let crash: { readonly error: unknown } | undefined;
  let currentPath: RawPath | undefined;
  let wake = () => {};

  const add = (draft: Draft): void => {
    const job: Job = { ...draft, id: nextId++ };
    const folder = open.get(job.to) ?? { to: job.to, jobs: 0, isWhole: true };
    open.set(job.to, folder);
    folder.jobs += 1;
    known.set(job.id, { job, folder });
    queues[job.kind].push(job);
    dispatch();
  };

  const isFull = () => ledger.settled.files >= unsettledLimit;
  const mustWait = () => isFull() || options.finisher?.isFull === true;

  const dispatch = (): void => {
    // A thread in a vast folder does not come back for jobs: it is stopped on its way.
    if (shared.gate !== 'ended') shared.gate = mustWait() ? 'shut' : 'open';
    while (failure === undefined && !mustWait() && pool.isReady()) {
      // Depth first, so that the folders that wait are few.
      const job = queues.files.shift() ?? queues.folder.pop();
      if (job === undefined) break;
      pool.submit(job);
    }
    shared.waitingJobs = queues.files.length;
  };

  const close = (folder: OpenFolder): void => {
    folder.jobs -= 1;
    if (folder.jobs > 0) return;
    open.delete(folder.to);
    if (folder.isWhole) ledger.settled.folders.push(folder.to);
  };

  const give = (job: Job, folder: OpenFolder, news: News): void => {
    switch (news.kind) {
      case 'outcomes':
        ledger.takePlain(news.plain);
        for (const outcome of news.outcomes) {
          const { more, isWhole } = ledger.take(job, outcome);
          folder.isWhole &&= isWhole;
          for (const draft of more) add(draft);
          currentPath = joinRaw(job.folder, outcome.name);
        }
        return;
      case 'subfolders':
        for (const { name, to = name } of news.items) {
          const path = joinRaw(job.folder, name);
          const inside = joinRaw(job.to, to);
          if (to !== name) tally.addRenamed(path, inside);
          add({ kind: 'folder', folder: path, to: inside, before: news.before === 'none' ? 'none' : beforeOf(inside) });
        }
        return;
      case 'more-files':
        add(news.files);
        return;
      case 'folder-unreadable':
        folder.isWhole = false;
        // By then what could be read of it is in the manifest.
        if (ledger.postpone({ ...job, before: 'trusted' })) return;
        if (!options.doubts?.add(job.folder, 'unreadable-folder', news.reason))
          tally.addProblem({ kind: 'unreadable-folder', path: `/${textOf(job.folder)}`, reason: news.reason });
        return;
      case 'listed':
        options.doubts?.addListed(news.folder, news.listed);
        return;
      case 'folder-exists':
        folder.isWhole = false;
        tally.addProblem({ kind: 'exists', path: `/${textOf(job.folder)}` });
        return;
      case 'large':
        currentPath = news.path;
        return;
      case 'target-failed':
        throw new TargetError(news.code, news.path, undefined);
      case 'finished':
        known.delete(news.job);
        if (job.kind === 'folder') tally.folders += 1;
        close(folder);
        return;
    }
  };

  const onNews = (news: News): void => {
    const entry = known.get(news.job);
    if (entry === undefined) return;
    try {
      give(entry.job, entry.folder, news);
    } catch (error) {
      entry.folder.isWhole = false;
      if (error instanceof TargetError) failure ??= error;
      else crash ??= { error };
    }
    dispatch();
    if (isOver() || isFull()) wake();
  };

  const isOver = () => crash !== undefined || known.size === 0 || (failure !== undefined && pool.isIdle());

  const pool = startPool(setup, threads, onNews, (error) => {
    crash ??= { error };
    wake();
  });

  return {
    ledger,
    get failure() {
      return failure;
    },
    add,
    resume: dispatch,
    stop: () => {
      shared.gate = 'ended';
      failure ??= new TargetError(stoppedCode, '', undefined);
      if (isOver()) wake();
    },
    proceed: async (milliseconds) => {
      dispatch();
      if (!isOver() && !isFull())
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      if (crash) throw crash.error;
      return isOver();
    },
    get copiedBytes() {
      return shared.copiedBytes;
    },
    get currentPath() {
      return currentPath;
    },
    takeSettled: () => {
      const taken = ledger.takeSettled();
      dispatch();
      return taken;
    },
    [Symbol.asyncDispose]: () => {
      shared.gate = 'ended';
      return pool[Symbol.asyncDispose]();
    },
  };
};
