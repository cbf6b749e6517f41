import { type BigIntStats, closeSync, fchmodSync, futimesSync } from 'node:fs';
import { createGrowing } from '../../foreign/entries.ts';
import { isSystemError } from '../../process/system-error.ts';
import { toTarget } from '../target/target-error.ts';
import type { Bench } from './bench.ts';

/** createGrowing for the copying threads. @throws TargetError */
export const openStaging = (bench: Pick<Bench, 'staging'>): number =>
  toTarget(() => createGrowing(bench.staging), bench.staging);

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
