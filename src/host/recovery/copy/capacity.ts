import { RescueError } from '../../../model/errors.ts';
import { textOf } from '../../tree/raw-path.ts';
import type { Target } from '../target/target.ts';
import type { Measured } from './measure.ts';

/** What is to be copied, and where to. */
export interface Load {
  /** Counts it; `largestFileBytes` is the limit beyond which files are listed. */
  readonly count: (largestFileBytes: number | undefined) => Promise<Measured>;
  /** Of the whole volume, where that is known. */
  readonly usedBytes: number | undefined;
  readonly to: string;
  readonly isResumed: boolean;
  readonly signal: AbortSignal;
}

/**
 * Refuses before the first byte what cannot come to a good end. Counting takes time, so it is left out where even the
 * whole volume would fit.
 * @returns how many bytes will be copied, where that was counted
 * @throws RescueError target-too-small, files-too-large
 */
export const assertFits = async (
  target: Target,
  { count, usedBytes, to, isResumed, signal }: Load,
): Promise<number | undefined> => {
  const freeBytes = await target.freeBytes();
  const { largestFileBytes } = target.abilities;
  const fitsAnyway = usedBytes !== undefined && usedBytes <= freeBytes;
  if (largestFileBytes === undefined && (fitsAnyway || isResumed)) return undefined;
  const { bytes, tooLarge } = await count(largestFileBytes);
  if (signal.aborted) return undefined; // counted in part only
  if (tooLarge.length > 0 && largestFileBytes !== undefined)
    throw new RescueError('files-too-large', {
      path: to,
      files: tooLarge.map(({ path }) => `/${textOf(path)}`),
      limitBytes: largestFileBytes,
    });
  if (!isResumed && bytes > freeBytes)
    throw new RescueError('target-too-small', { path: to, neededBytes: bytes, freeBytes });
  return bytes;
};
