import { createHash, type Hash } from 'node:crypto';
import { type BigIntStats, closeSync, ftruncateSync, read as readCallback, write as writeCallback } from 'node:fs';
import { promisify } from 'node:util';
import type { ByteRange } from '../../model/recovery.ts';
import { isSystemError } from '../system-error.ts';
import { type Bench, type Copied, finishStaging, hasHoles, openStaging } from './copy-file.ts';
import { dataRangesOf } from './data-ranges.ts';
import { toTarget, toTargetLater } from './target-error.ts';

const read = promisify(readCallback);
const write = promisify(writeCallback);

const mebibyte = 1 << 20;
/** Up to here a file is read into memory whole. */
export const largeBytes = 256 * 1024;
const chunkBytes = mebibyte;
/** Zeros are hashed at the speed of memory, a terabyte of them in ten minutes: beyond this a hole is not. */
const hashedHoleBytes = 4 * 1024 * mebibyte;
/** A bad sector costs a disk seconds, so a failed read is narrowed down in few steps; 4096 bytes are a sector of today's disks. */
const pieceBytes = [64 * 1024, 4096];

interface Chunk {
  readonly buffer: Buffer;
  readonly startBytes: number;
  readonly bytes: number;
  readonly bad: readonly ByteRange[];
}

/** Reads ahead while it hashes and writes; holes are skipped. */
export const copyLarge = async (
  bench: Bench,
  source: number,
  stats: BigIntStats,
  keepsDamaged: boolean,
): Promise<Copied> => {
  const sizeBytes = Number(stats.size);
  const path = `/proc/${process.pid}/fd/${source}`;
  const data = hasHoles(stats) ? dataRangesOf(path, sizeBytes) : [{ startBytes: 0, endBytes: sizeBytes }];
  const dataBytes = data.reduce((sum, { startBytes, endBytes }) => sum + endBytes - startBytes, 0);
  const hash = sizeBytes - dataBytes <= hashedHoleBytes ? createHash('sha256') : undefined;
  const bad: ByteRange[] = [];
  const output = openStaging(bench);
  try {
    let hashedTo = 0;
    for await (const { buffer, startBytes, bytes, bad: ranges } of chunksOf(source, data)) {
      bad.push(...ranges);
      if (bad.length > 0 && !keepsDamaged) break;
      const content = buffer.subarray(0, bytes);
      const writing = ranges.length > 0 ? Promise.resolve() : writeAll(output, content, startBytes, bench.staging);
      if (ranges.length > 0) await writeAround(output, content, startBytes, ranges, bench.staging);
      if (hash) hashZeros(hash, startBytes - hashedTo).update(content);
      hashedTo = startBytes + bytes;
      await writing;
      bench.addBytes(bytes);
    }
    if (hash) hashZeros(hash, sizeBytes - hashedTo);
    toTarget(() => {
      ftruncateSync(output, sizeBytes);
      finishStaging(bench, output, stats);
    }, bench.staging);
  } finally {
    closeSync(output);
  }
  return { sizeBytes, ranges: merge(bad), ...(hash && { digest: hash.digest('hex') }) };
};

/** The data in order, the next chunk being read while the last one is dealt with. */
async function* chunksOf(source: number, ranges: readonly ByteRange[]): AsyncGenerator<Chunk> {
  // One is dealt with and one is read into.
  const buffers = [Buffer.allocUnsafeSlow(chunkBytes), Buffer.allocUnsafeSlow(chunkBytes)];
  let turn = 0;
  let ahead: Promise<Chunk> | undefined;
  for (const { startBytes, endBytes } of ranges) {
    for (let at = startBytes; at < endBytes; at += chunkBytes) {
      const last = await ahead;
      const buffer = buffers[turn++ % 2] ?? Buffer.alloc(chunkBytes);
      ahead = readChunk(source, buffer, at, Math.min(chunkBytes, endBytes - at));
      // Whoever stops in the middle does not wait for it.
      ahead.catch(() => {});
      if (last) yield last;
    }
  }
  const last = await ahead;
  if (last) yield last;
}

const readChunk = async (source: number, buffer: Buffer, startBytes: number, bytes: number): Promise<Chunk> => {
  try {
    await readWhole(source, buffer, 0, bytes, startBytes);
    return { buffer, startBytes, bytes, bad: [] };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { buffer, startBytes, bytes, bad: await readPieces(source, buffer, startBytes, bytes, 0) };
  }
};

/** A read that meets a bad place gives what is in front of it, and fails only when asked to go on there (read(2)). */
const readWhole = async (
  source: number,
  buffer: Buffer,
  at: number,
  bytes: number,
  position: number,
): Promise<void> => {
  for (let done = 0; done < bytes; ) {
    const { bytesRead } = await read(source, buffer, at + done, bytes - done, position + done);
    // Shorter than it was a moment ago: what is missing reads as zeros, and the size says so.
    if (bytesRead === 0) {
      buffer.fill(0, at + done, at + bytes);
      return;
    }
    done += bytesRead;
  }
};

/** Reads what can be read of a chunk that cannot be read whole; the rest is zeros, and is named. */
const readPieces = async (
  source: number,
  buffer: Buffer,
  startBytes: number,
  bytes: number,
  step: number,
  offset = 0,
): Promise<readonly ByteRange[]> => {
  const size = pieceBytes[step];
  if (size === undefined) {
    buffer.fill(0, offset, offset + bytes);
    return [{ startBytes: startBytes + offset, endBytes: startBytes + offset + bytes }];
  }
  const bad: ByteRange[] = [];
  for (let at = offset; at < offset + bytes; at += size) {
    const length = Math.min(size, offset + bytes - at);
    try {
      await readWhole(source, buffer, at, length, startBytes + at);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      bad.push(...(await readPieces(source, buffer, startBytes, length, step + 1, at)));
    }
  }
  return bad;
};

const writeAll = async (output: number, content: Buffer, position: number, path: string): Promise<void> => {
  for (let at = 0; at < content.length; ) {
    const { bytesWritten } = await toTargetLater(write(output, content, at, content.length - at, position + at), path);
    at += bytesWritten;
  }
};

/** What could not be read stays a hole. */
const writeAround = async (
  output: number,
  content: Buffer,
  position: number,
  bad: readonly ByteRange[],
  path: string,
): Promise<void> => {
  let at = position;
  for (const { startBytes, endBytes } of [...bad, { startBytes: position + content.length, endBytes: Infinity }]) {
    if (startBytes > at) await writeAll(output, content.subarray(at - position, startBytes - position), at, path);
    at = endBytes;
  }
};

const zeros = Buffer.alloc(mebibyte);

const hashZeros = (hash: Hash, bytes: number): Hash => {
  for (let left = bytes; left > 0; left -= zeros.length) hash.update(zeros.subarray(0, Math.min(left, zeros.length)));
  return hash;
};

const merge = (ranges: readonly ByteRange[]): readonly ByteRange[] => {
  const merged: ByteRange[] = [];
  for (const range of ranges) {
    const last = merged.at(-1);
    if (last && last.endBytes === range.startBytes) merged[merged.length - 1] = { ...last, endBytes: range.endBytes };
    else merged.push(range);
  }
  return merged;
};
