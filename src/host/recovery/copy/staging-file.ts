import { type BigIntStats, closeSync, constants, fchmodSync, futimesSync, openSync, unlinkSync } from 'node:fs';
import { isSystemError } from '../../process/system-error.ts';
import { toTarget } from '../target/target-error.ts';
import type { Bench } from './bench.ts';

const writingFlags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Makes the file that grows in the staging folder, anew where an earlier one did not come to its end. */
export const openStaging = (bench: Pick<Bench, 'staging'>): number =>
  toTarget(() => {
    try {
      return openSync(bench.staging, writingFlags, 0o600);
    } catch (error) {
      if (!isSystemError(error) || error.code !== 'EEXIST') throw error;
      unlinkSync(bench.staging);
      return openSync(bench.staging, writingFlags, 0o600);
    }
  }, bench.staging);

/** Closes it, or keeps it to be handed over. */
export const closeStaging = (bench: Bench, descriptor: number): void => {
  if (bench.setup.handsOver) bench.output = descriptor;
  else closeSync(descriptor);
};

/** Gives a finished file its mode and times, as well as Node can: not to the nanosecond (a double), which cp does later. */
export const finishStaging = ({ setup }: Bench, descriptor: number, stats: BigIntStats): void => {
  if (setup.handsOver) return;
  setMode(descriptor, Number(stats.mode & 0o777n));
  futimesSync(descriptor, Number(stats.atimeNs) / 1e9, Number(stats.mtimeNs) / 1e9);
};

/** FAT does not know modes, and says so. */
const setMode = (descriptor: number, mode: number): void => {
  try {
    fchmodSync(descriptor, mode);
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'EPERM') throw error;
  }
};
