import { fstatSync, fsync, type Stats, write } from 'node:fs';
import { promisify } from 'node:util';
import type { Loss, OutputStream } from '../../model/terminal.ts';
import { isSystemError } from './system-error.ts';

const writeTo = promisify(write);
const flush = promisify(fsync);

const descriptors: Readonly<Record<OutputStream, number>> = { stdout: 1, stderr: 2 };

/** Somebody made a terminal non-blocking: it is asked again after so long. */
const againMs = 10;

/** The process's standard output and error. */
export interface Output {
  /** Says something after all that was said before. A stream that failed once takes no more. */
  put(stream: OutputStream, bytes: Uint8Array): Promise<void>;
  /** Waits until everything was taken. @returns the streams on which something was lost */
  settle(): Promise<readonly Loss[]>;
  /** The same, and until a file that standard output goes to is flushed: a full disk may not tell before (close(2)). */
  settleForGood(): Promise<readonly Loss[]>;
}

/**
 * Writes in one order for both streams where they lead to one place, and learns of each write whether it was taken.
 * To files and terminals through the thread pool: process.stdout would write by itself, and a terminal that was stopped
 * (Ctrl-S) or a share that hangs would stop our only thread with it, so that signals were no longer heard.
 */
export const createOutput = (): Output => {
  const losses = new Map<OutputStream, Loss>();
  const lastOf = { stdout: Promise.resolve(), stderr: Promise.resolve() };
  const areOne = isSamePlace(fstatSync(descriptors.stdout), fstatSync(descriptors.stderr));
  const attempt = async (stream: OutputStream, action: () => Promise<void>): Promise<void> => {
    if (losses.has(stream)) return;
    try {
      await action();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      losses.set(stream, { stream, reason: error.code });
    }
  };
  const inTurn = (stream: OutputStream, action: () => Promise<void>): Promise<void> => {
    const queue = areOne ? 'stdout' : stream;
    lastOf[queue] = lastOf[queue].then(() => attempt(stream, action));
    return lastOf[queue];
  };
  const settle = async () => {
    await Promise.all(Object.values(lastOf));
    return [...losses.values()];
  };
  return {
    put: (stream, bytes) => inTurn(stream, () => writeAll(stream, bytes)),
    settle,
    settleForGood: async () => {
      if (fstatSync(descriptors.stdout).isFile()) void inTurn('stdout', () => flush(descriptors.stdout));
      return await settle();
    },
  };
};

const isSamePlace = (one: Stats, other: Stats): boolean =>
  one.dev === other.dev && one.ino === other.ino && one.rdev === other.rdev;

const writeAll = async (stream: OutputStream, bytes: Uint8Array): Promise<void> => {
  const status = fstatSync(descriptors[stream]);
  if (status.isFIFO() || status.isSocket()) return await writeToReader(stream, bytes);
  for (let written = 0; written < bytes.length; ) {
    try {
      const { bytesWritten } = await writeTo(descriptors[stream], bytes, written, bytes.length - written, null);
      written += bytesWritten;
    } catch (error) {
      if (!isSystemError(error) || error.code !== 'EAGAIN') throw error;
      await new Promise((resolve) => setTimeout(resolve, againMs));
    }
  }
};

/** A pipe was made non-blocking by Node, which waits for its reader without holding up anything. */
const writeToReader = (stream: OutputStream, bytes: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    // The callback tells; without a listener the process would end.
    if (process[stream].listenerCount('error') === 0) process[stream].on('error', () => {});
    process[stream].write(bytes, (error) => (error ? reject(error) : resolve()));
  });

/** Whether what is written to standard output goes nowhere: to /dev/null, by which Node replaces one that was closed. */
export const isDiscarded = (): boolean => {
  const status = fstatSync(descriptors.stdout);
  return status.isCharacterDevice() && status.rdev === nullDevice;
};

/** Character device 1:3 (Linux, Documentation/admin-guide/devices.txt). */
const nullDevice = (1 << 8) | 3;
