import { RescueError } from '../../model/errors.ts';
import { measure } from './measure.ts';
import { type RawPath, textOf } from './raw-path.ts';
import type { Target } from './target.ts';

/** Room for the manifest, the report and the file system's own bookkeeping. */
const reserveBytes = 8 * 1024 * 1024;

/**
 * Refuses before the first byte what cannot come to a good end. Counting takes time, so it is left out where even the
 * whole volume would fit.
 * @returns how many bytes will be copied, where that was counted
 * @throws RescueError target-too-small, files-too-large
 */
export const assertFits = async (
  sourceRoot: string,
  paths: readonly RawPath[],
  usedBytes: number | undefined,
  target: Target,
  to: string,
  isResumed: boolean,
  signal: AbortSignal,
): Promise<number | undefined> => {
  const freeBytes = (await target.freeBytes()) - reserveBytes;
  const { largestFileBytes } = target.abilities;
  const fitsAnyway = usedBytes !== undefined && usedBytes <= freeBytes;
  if (largestFileBytes === undefined && (fitsAnyway || isResumed)) return undefined;
  const { bytes, tooLarge } = await measure(sourceRoot, paths, () => {}, signal, largestFileBytes);
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
