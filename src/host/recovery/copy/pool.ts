import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { CopierSetup, Job, News } from './messages.ts';

/** The copying thread's program, which the build puts here; from source it is a file of its own. */
declare const COPIER_PROGRAM: string | undefined;

/** Jobs that a thread has at hand, so that it need not wait for the next. */
const jobsAhead = 2;

/** Old generations would let garbage grow where there is little memory. */
const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 };

/** Threads that copy, and what they say. */
export interface Pool extends AsyncDisposable {
  /** Whether some thread takes another job now. */
  isReady(): boolean;
  /** Whether no thread has anything to do. */
  isIdle(): boolean;
  submit(job: Job): void;
}

/**
 * @param onNews called for everything that a thread tells
 * @param onCrash called when a thread ends by a fault of ours
 */
export const startPool = (
  setup: CopierSetup,
  threads: number,
  onNews: (news: News) => void,
  onCrash: (error: unknown) => void,
): Pool => {
  const workers = Array.from({ length: threads }, (_, number) => {
    // Files that are handed over are closed by whoever has them then.
    const handing = { trackUnmanagedFds: false };
    const options = { workerData: { setup, number }, resourceLimits, stdout: false, stderr: false, ...handing };
    const worker =
      typeof COPIER_PROGRAM === 'string'
        ? new Worker(COPIER_PROGRAM, { ...options, eval: true })
        : new Worker(new URL('./copier.ts', import.meta.url), options);
    return { worker, jobs: 0 };
  });
  for (const entry of workers) {
    entry.worker.on('message', (news: News) => {
      if (news.kind === 'finished') entry.jobs -= 1;
      onNews(news);
    });
    entry.worker.on('error', onCrash);
  }
  const leastBusy = () => workers.reduce((best, entry) => (entry.jobs < best.jobs ? entry : best));
  return {
    isIdle: () => workers.every(({ jobs }) => jobs === 0),
    isReady: () => leastBusy().jobs < jobsAhead,
    submit: (job) => {
      const entry = leastBusy();
      entry.jobs += 1;
      entry.worker.postMessage(job);
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(workers.map(({ worker }) => end(worker)));
    },
  };
};

/** A thread that waits for a dead disk does not hear of it. */
const endingMs = 2000;

/** Lets a thread close what it has open, and end. */
const end = async (worker: Worker): Promise<void> => {
  const ended = once(worker, 'exit');
  worker.postMessage('end');
  const timer = setTimeout(() => void worker.terminate(), endingMs);
  await ended;
  clearTimeout(timer);
};
