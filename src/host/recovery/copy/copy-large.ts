import { createHash, type Hash } from 'node:crypto';
import { type BigIntStats, ftruncateSync, readSync, writeSync } from 'node:fs';
import type { ByteRange } from '../../../model/recovery.ts';
import { isSystemError } from '../../process/system-error.ts';
import { toTarget } from '../target/target-error.ts';
import { type Bench, type Copied, hasHoles } from './bench.ts';
import { dataRangesOf } from './data-ranges.ts';
import { closeStaging, finishStaging, openStaging } from './staging-file.ts';

const mebibyte = 1 << 20;
/** Up to here a file is read into memory whole, and beyond it in chunks of that size, which fit the processor's own cache. */
export const largeBytes = 256 * 1024;
/** Zeros are hashed at the speed of memory, a terabyte of them in ten minutes: beyond this a hole is not. */
export const hashedHoleBytes = 4 * 1024 * mebibyte;
/** A bad sector costs a disk seconds, so a failed read is narrowed down in few steps; 4096 bytes are a sector of today's disks. */
const pieceBytes = [64 * 1024, 4096];

/**
 * Chunk by chunk, holes skipped. The kernel reads ahead and writes behind: handing chunks from thread to thread on top
 * of that took more processor time than it saved.
 */
export const copyLarge = (bench: Bench, source: number, stats: BigIntStats, keepsDamaged: boolean): Copied => {
  const sizeBytes = Number(stats.size);
  const path = `/proc/${process.pid}/fd/${source}`;
  const data = hasHoles(stats) ? dataRangesOf(path, sizeBytes) : [{ startBytes: 0, endBytes: sizeBytes }];
  const dataBytes = data.reduce((sum, { startBytes, endBytes }) => sum + endBytes - startBytes, 0);
  const hash = sizeBytes - dataBytes <= hashedHoleBytes ? createHash('sha256') : undefined;
  const bad: ByteRange[] = [];
  const output = openStaging(bench);
  try {
    let hashedTo = 0;
    for (const { startBytes, bytes } of chunksOf(data)) {
      bench.goOn(bench.staging);
      const ranges = readChunk(source, bench.small, startBytes, bytes);
      bad.push(...ranges);
      if (bad.length > 0 && !keepsDamaged) break;
      const content = bench.small.subarray(0, bytes);
      // Without a map of the holes, what is all zeros stays one: a terabyte of them would fill the target.
      const isHole = hasHoles(stats) && content.equals(zeros.subarray(0, bytes));
      if (!isHole) writeAround(output, content, startBytes, ranges, bench.staging);
      if (hash) hashZeros(hash, startBytes - hashedTo).update(content);
      hashedTo = startBytes + bytes;
      bench.addBytes(bytes);
    }
    if (hash) hashZeros(hash, sizeBytes - hashedTo);
    toTarget(() => {
      ftruncateSync(output, sizeBytes);
      finishStaging(bench, output, stats);
    }, bench.staging);
  } finally {
    closeStaging(bench, output);
  }
  return { sizeBytes, ranges: merge(bad), ...(hash && { digest: hash.digest('hex') }) };
};

function* chunksOf(ranges: readonly ByteRange[]): Generator<{ startBytes: number; bytes: number }> {
  for (const { startBytes, endBytes } of ranges)
    for (let at = startBytes; at < endBytes; at += largeBytes)
      yield { startBytes: at, bytes: Math.min(largeBytes, endBytes - at) };
}

/** @returns what could not be read of it, which is zeros */
const readChunk = (source: number, buffer: Buffer, startBytes: number, bytes: number): readonly ByteRange[] => {
  try {
    return readWhole(source, buffer, 0, bytes, startBytes);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return readPieces(source, buffer, startBytes, bytes, 0);
  }
};

/**
 * A read that meets a bad place gives what is in front of it, and fails only when asked to go on there (read(2)).
 * @returns what is not there any more, because the file is shorter than it was a moment ago
 */
const readWhole = (
  source: number,
  buffer: Buffer,
  at: number,
  bytes: number,
  position: number,
): readonly ByteRange[] => {
  for (let done = 0; done < bytes; ) {
    const bytesRead = readSync(source, buffer, at + done, bytes - done, position + done);
    if (bytesRead === 0) {
      buffer.fill(0, at + done, at + bytes);
      return [{ startBytes: position + done, endBytes: position + bytes }];
    }
    done += bytesRead;
  }
  return [];
};

/** Reads what can be read of a chunk that cannot be read whole; the rest is zeros, and is named. */
const readPieces = (
  source: number,
  buffer: Buffer,
  startBytes: number,
  bytes: number,
  step: number,
  offset = 0,
): readonly ByteRange[] => {
  const size = pieceBytes[step];
  if (size === undefined) {
    buffer.fill(0, offset, offset + bytes);
    return [{ startBytes: startBytes + offset, endBytes: startBytes + offset + bytes }];
  }
  const bad: ByteRange[] = [];
  for (let at = offset; at < offset + bytes; at += size) {
    const length = Math.min(size, offset + bytes - at);
    try {
      bad.push(...readWhole(source, buffer, at, length, startBytes + at));
    } catch (error) {
      if (!isSystemError(error)) throw error;
      bad.push(...readPieces(source, buffer, startBytes, length, step + 1, at));
    }
  }
  return bad;
};

const writeAll = (output: number, content: Buffer, position: number): void => {
  for (let at = 0; at < content.length; ) at += writeSync(output, content, at, content.length - at, position + at);
};

/** What could not be read stays a hole. */
const writeAround = (
  output: number,
  content: Buffer,
  position: number,
  bad: readonly ByteRange[],
  path: string,
): void => {
  let at = position;
  for (const { startBytes, endBytes } of [...bad, { startBytes: position + content.length, endBytes: Infinity }]) {
    const part = content.subarray(at - position, startBytes - position);
    toTarget(() => writeAll(output, part, at), path);
    at = endBytes;
  }
};

const zeros = Buffer.alloc(mebibyte);

export const hashZeros = (hash: Hash, bytes: number): Hash => {
  for (let left = bytes; left > 0; left -= zeros.length) hash.update(zeros.subarray(0, Math.min(left, zeros.length)));
  return hash;
};

/** @param ranges in the order of their beginnings */
export const merge = (ranges: readonly ByteRange[]): readonly ByteRange[] => {
  const merged: ByteRange[] = [];
  for (const range of ranges) {
    const last = merged.at(-1);
    if (last && last.endBytes >= range.startBytes)
      merged[merged.length - 1] = { ...last, endBytes: Math.max(last.endBytes, range.endBytes) };
    else merged.push(range);
  }
  return merged;
};
