import { closeSync } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import type { TreeSize } from '../../../model/recovery.ts';
import { createDescent, type Descent } from '../../foreign/descent.ts';
import { isSystemError } from '../../process/system-error.ts';
import { descriptorPath, joinRaw, native, type RawPath } from '../../tree/raw-path.ts';

/** Entries asked about at a time. */
const sliceLength = 64;
/** File names kept of those that are too large. */
const namesKept = 100;

export interface Measured extends TreeSize {
  /** Files beyond the limit, the first hundred of them. */
  readonly tooLarge: readonly { readonly path: RawPath; readonly sizeBytes: number }[];
}

interface Counting {
  files: number;
  folders: number;
  bytes: number;
  readonly tooLarge: { path: RawPath; sizeBytes: number }[];
}

/**
 * Counts what is below some paths. What cannot be read is not counted; the copy will say so.
 * @param onSize called after every folder
 */
export const measure = async (
  sourceRoot: string,
  paths: readonly RawPath[],
  onSize: (size: TreeSize) => void,
  signal: AbortSignal,
  largestFileBytes = Infinity,
): Promise<Measured> => {
  const counting: Counting = { files: 0, folders: 0, bytes: 0, tooLarge: [] };
  const linked = new Set<string>();
  const todo = [...paths];
  const count = async (root: string, path: RawPath, name: RawPath) => {
    const stats = await lstat(native(`${root}/${name}`)).catch(unlessSystemError);
    if (stats?.isDirectory()) todo.push(path);
    if (!stats?.isFile()) return;
    counting.files += 1;
    if (stats.size > largestFileBytes && counting.tooLarge.length < namesKept)
      counting.tooLarge.push({ path, sizeBytes: stats.size });
    const isKnown = stats.nlink > 1 && linked.has(`${stats.dev}:${stats.ino}`);
    if (stats.nlink > 1) linked.add(`${stats.dev}:${stats.ino}`);
    if (!isKnown) counting.bytes += Math.min(stats.size, stats.blocks * 512);
  };
  using descent = createDescent(sourceRoot);
  for (let path = todo.pop(); path !== undefined && !signal.aborted; path = todo.pop()) {
    try {
      await countFolder(descent, path, count, signal);
      counting.folders += 1;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      if (error.code === 'ENOTDIR') await count(sourceRoot, path, path); // one of the paths asked for is a file
    }
    onSize(counting);
  }
  return counting;
};

const countFolder = async (
  descent: Descent,
  path: RawPath,
  count: (root: string, path: RawPath, name: RawPath) => Promise<void>,
  signal: AbortSignal,
): Promise<void> => {
  const descriptor = descent.open(path);
  const root = descriptorPath(descriptor);
  try {
    let slice: Promise<void>[] = [];
    for await (const { name } of await opendir(`${root}/.`, {
      encoding: 'latin1' as BufferEncoding,
      bufferSize: 256,
    })) {
      slice.push(count(root, joinRaw(path, name), name));
      if (slice.length < sliceLength) continue;
      await Promise.all(slice);
      slice = [];
      if (signal.aborted) return;
    }
    await Promise.all(slice);
  } finally {
    closeSync(descriptor);
  }
};

const unlessSystemError = (error: unknown): undefined => {
  if (!isSystemError(error)) throw error;
};
