import { closeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type FinishedFile, finishFiles } from './attributes-pass.ts';

/** Files that wait, at most and at least; each is open twice. */
const mostWaiting = 4000;
const leastWaiting = 200;
/** One cp finishes that part of them, so that its start, which copies the page tables of all of us, is cheap. */
const partOfWaiting = 4;
/** Open files that the rest of us takes: what threads have read ahead, folders on the way. */
const othersOpen = 800;

/** Gives copied files their attributes in batches, while the copying goes on. */
export interface Finisher extends AsyncDisposable {
  /** Takes over both open files, and closes them when they are done with. */
  add(file: FinishedFile): void;
  /** Whether so many wait that the copying has to. */
  readonly isFull: boolean;
  /** Waits until everything that was added is done. @throws what cp's start threw */
  drain(): Promise<void>;
}

export interface FinisherOptions {
  readonly keepsOwners: boolean;
  readonly onComplaints: (complaints: string) => void;
  /** Called when there is room again. */
  readonly onRoom: () => void;
}

export const createFinisher = async ({ keepsOwners, onComplaints, onRoom }: FinisherOptions): Promise<Finisher> => {
  const limit = await waitingLimit();
  const batchLength = Math.ceil(limit / partOfWaiting);
  let queue: FinishedFile[] = [];
  let underWay = 0;
  let running: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;

  const finishNext = async (): Promise<void> => {
    const batch = queue.slice(0, batchLength);
    queue = queue.slice(batchLength);
    underWay = batch.length;
    try {
      onComplaints(await finishFiles(keepsOwners, batch));
    } catch (error) {
      failure ??= { error };
    } finally {
      for (const { source, target } of batch) for (const descriptor of [source, target]) closeSync(descriptor);
      underWay = 0;
    }
  };
  const run = async (isToTheEnd: boolean): Promise<void> => {
    while (queue.length >= (isToTheEnd ? 1 : batchLength)) {
      await finishNext();
      onRoom();
    }
  };
  const start = (isToTheEnd: boolean): Promise<void> => {
    const before = running;
    const mine: Promise<void> = (async () => {
      await before;
      await run(isToTheEnd);
    })().finally(() => {
      if (running === mine) running = undefined;
    });
    running = mine;
    return mine;
  };

  return {
    add: (file) => {
      queue.push(file);
      if (queue.length >= batchLength && running === undefined) void start(false);
    },
    get isFull() {
      return queue.length + underWay >= limit;
    },
    drain: async () => {
      await start(true);
      if (failure) throw failure.error;
    },
    [Symbol.asyncDispose]: async () => {
      const left = queue;
      queue = [];
      for (const { source, target } of left) for (const descriptor of [source, target]) closeSync(descriptor);
      await running;
    },
  };
};

/** As many as this process may have open (getrlimit(2), RLIMIT_NOFILE). */
const waitingLimit = async (): Promise<number> => {
  const open = Number(/^Max open files\s+(\d+)/m.exec(await readFile('/proc/self/limits', 'utf8'))?.[1] ?? Infinity);
  return Math.max(leastWaiting, Math.min(mostWaiting, Math.floor((open - othersOpen) / 2)));
};
