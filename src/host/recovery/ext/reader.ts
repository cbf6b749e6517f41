import { type FileHandle, open } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { Piece } from '../../../ext/content/pieces.ts';
import { inodeFlags } from '../../../ext/inode.ts';
import type { OpenOptions } from '../../../ext/open.ts';
import { RescueError } from '../../../model/errors.ts';
import type { Volume } from '../../../model/storage.ts';
import { isSystemError } from '../../process/system-error.ts';
import type {
  FoundEntry,
  FoundInode,
  Listed,
  ListStep,
  OpenedExt,
  PieceStep,
  ReaderRequest,
  ReaderSetup,
} from './reader-messages.ts';

/** The reading thread's program, which the build puts here; from source it is a file of its own. */
declare const EXT_READER_PROGRAM: string | undefined;

/** A disk that says nothing for so long will not say anything; drives give up on a sector after some ten seconds. */
const silenceMs = 60_000;
/** A thread that waits for a dead disk does not hear that it is to end. */
const endingMs = 2000;
/** Old generations would let garbage grow where there is little memory. */
const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 };

/** An ext2/3/4 file system, read by its inodes and without the kernel's driver. All of it throws RescueError read-failed where the disk does not answer. */
export interface ExtReader extends AsyncDisposable {
  readonly opened: OpenedExt;
  /** Calls `onEntries` as they come. */
  list(inode: number, onEntries: (entries: readonly FoundEntry[]) => Promise<void> | void): Promise<Listed>;
  /** What this inode is; undefined where it cannot be read. */
  describe(inode: number): Promise<FoundInode | undefined>;
  /**
   * A file's data in order, up to its size; holes are left out.
   * @param fromBytes what ends before is left out, and a piece may begin there
   */
  pieces(inode: FoundInode, fromBytes?: number): AsyncGenerator<Piece>;
}

/** undefined where there is no ext2/3/4 with a root folder. */
export const openExtReader = async (volume: Volume, options: OpenOptions = {}): Promise<ExtReader | undefined> => {
  const handle = await open(volume.path);
  const thread = startThread(handle, volume, options);
  const opened = (await thread.ask({ kind: 'open' }).catch(async (error) => {
    await thread.end();
    throw error;
  })) as OpenedExt | undefined;
  if (opened === undefined) {
    await thread.end();
    return undefined;
  }
  return {
    opened,
    describe: async (inode) => (await thread.ask({ kind: 'describe', inode })) as FoundInode | undefined,
    list: async (inode, onEntries) => {
      let step = (await thread.ask({ kind: 'list', inode })) as ListStep;
      while (!step.isDone) {
        if (step.value.length > 0) await onEntries(step.value);
        step = (await thread.ask({ kind: 'next', stream: step.stream })) as ListStep;
      }
      return step.value;
    },
    async *pieces({ number }, fromBytes = 0) {
      let step = (await thread.ask({ kind: 'pieces', inode: number, fromBytes })) as PieceStep;
      try {
        while (!step.isDone) {
          const { content } = step.value;
          // A Buffer comes out of another thread as the plain array below it.
          yield { ...step.value, content: Buffer.from(content.buffer, content.byteOffset, content.byteLength) };
          step = (await thread.ask({ kind: 'next', stream: step.stream })) as PieceStep;
        }
      } finally {
        if (!step.isDone) await thread.ask({ kind: 'close', stream: step.stream }).catch(() => {});
      }
    },
    [Symbol.asyncDispose]: () => thread.end(),
  };
};

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A thread of its own, so that a disk that hangs keeps nobody from being heard: screen, keys and signals go on. */
const startThread = (handle: FileHandle, { path, offsetBytes, sizeBytes }: Volume, options: OpenOptions) => {
  const setup: ReaderSetup = { descriptor: handle.fd, offsetBytes, sizeBytes, options };
  const settings = { workerData: setup, resourceLimits, trackUnmanagedFds: false, execArgv: [] };
  const worker =
    typeof EXT_READER_PROGRAM === 'string'
      ? new Worker(EXT_READER_PROGRAM, { ...settings, eval: true })
      : new Worker(new URL('./reader-thread.ts', import.meta.url), settings);
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let broken: unknown;

  const giveUp = (error: unknown) => {
    broken = error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on('message', ({ id, answer }: { readonly id: number; readonly answer: unknown }) => {
    waiting.get(id)?.resolve(answer);
    waiting.delete(id);
  });
  worker.on('error', giveUp);
  // A reader that nobody asks anything keeps no process from ending.
  worker.unref();

  const ask = async (request: ReaderRequest): Promise<unknown> => {
    if (broken !== undefined) throw broken;
    const id = ++lastId;
    const silence = setTimeout(() => giveUp(new RescueError('read-failed', { path, reason: 'ETIMEDOUT' })), silenceMs);
    worker.ref();
    try {
      return await new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        worker.postMessage({ id, request });
      });
    } finally {
      clearTimeout(silence);
      if (waiting.size === 0) worker.unref();
    }
  };

  const end = async (): Promise<void> => {
    const late = new Promise((resolve) => setTimeout(resolve, endingMs).unref());
    await Promise.race([worker.terminate(), late]);
    // Nothing was written through it: what a disk that is gone says to that is no news.
    await handle.close().catch((error) => {
      if (!isSystemError(error)) throw error;
    });
  };
  return { ask, end };
};

/** chattr +i or +a. */
export const isImmutable = ({ flags }: FoundInode): boolean =>
  (flags & (inodeFlags.immutable | inodeFlags.appendOnly)) !== 0;
