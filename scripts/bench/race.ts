import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One way to get a job done, as a command. */
export interface Contender {
  readonly name: string;
  readonly command: readonly string[];
  /** Puts the disks back into the state that each run starts from; not timed. */
  readonly prepare?: () => void;
}

/** What the runs of one contender came to. */
export interface Timing {
  readonly name: string;
  readonly medianMs: number;
  readonly fastestMs: number;
  readonly slowestMs: number;
  /** The largest resident set of any one process of the run: of a script, that of its largest child. */
  readonly peakMegabytes: number;
}

interface Run {
  readonly wallMs: number;
  readonly peakKilobytes: number;
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
};

const runOnce = ({ name, command, prepare }: Contender, folder: string): Run => {
  prepare?.();
  const report = join(folder, 'peak');
  const started = performance.now();
  const { status, stderr } = spawnSync('/usr/bin/time', ['--quiet', '-f', '%M', '-o', report, ...command], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const wallMs = performance.now() - started;
  if (status !== 0) throw new Error(`${name} failed (exit ${status}): ${stderr}`);
  return { wallMs, peakKilobytes: Number(readFileSync(report, 'utf8')) };
};

/**
 * Lets the contenders take turns, so that whatever else the machine does falls on all of them alike. A first round warms
 * the caches and is not counted.
 */
export const race = (contenders: readonly Contender[], rounds: number): readonly Timing[] => {
  const folder = mkdtempSync(join(tmpdir(), 'sparekey-bench-'));
  try {
    for (const contender of contenders) runOnce(contender, folder);
    const runs = contenders.map((): Run[] => []);
    for (let round = 0; round < rounds; round++) {
      contenders.forEach((contender, index) => {
        runs[index]?.push(runOnce(contender, folder));
      });
    }
    return contenders.map(({ name }, index) => summarise(name, runs[index] ?? []));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const summarise = (name: string, runs: readonly Run[]): Timing => {
  const times = runs.map(({ wallMs }) => wallMs);
  return {
    name,
    medianMs: median(times),
    fastestMs: Math.min(...times),
    slowestMs: Math.max(...times),
    peakMegabytes: Math.max(...runs.map(({ peakKilobytes }) => peakKilobytes)) / 1000,
  };
};
