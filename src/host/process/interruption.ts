import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { leaveAtOnce, takeOverLeaving } from './leaving.ts';
import { endTools } from './running-tools.ts';

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** After a second signal, what is under way has so long to come to its end; a write is whole then, or not there at all. */
const patienceMs = 2000;
/** So long may it take to give back what is held, and then for tools to end. */
const givingBackMs = 2000;
const toolsMs = 500;
/** Two signals so close are one for a person, or for timeout(1), which sends it to the process and to its group. */
const bounceMs = 100;

/** So long do last words get to be said, and a thread that only reads a healthy disk to be done. */
const sayingMs = 100;

/** Obeys signals: at once; while something is being written, after it; in a long copy, as soon as it is in order. */
export interface Interruption {
  /** Runs `action` to its end when a signal arrives meanwhile; a second signal gives it a few seconds. */
  readonly shield: <T>(action: () => Promise<T>) => Promise<T>;
  /** Runs `action`, which a first signal asks to stop, and which then ends in its own way. */
  readonly stoppable: <T>(action: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  /** Whether a signal has asked to stop. */
  readonly isStopAsked: () => boolean;
}

/** What a person is told. */
export interface InterruptionWords {
  /** The write under way is finished first. */
  readonly onShielded: () => void;
  /** What is under way is being brought to a good end. */
  readonly onStopping?: () => void;
  /** The kernel itself waits for a disk, and ends no process meanwhile. */
  readonly onHeld?: () => void;
}

/**
 * @param onStop gives everything back; then the process ends as the signal asked (exit 128 + its number)
 */
export const watchSignals = (
  onStop: () => Promise<void>,
  { onShielded, onStopping, onHeld }: InterruptionWords,
): Interruption => {
  const stoppable = new Set<AbortController>();
  let shields = 0;
  let lastMs: number | undefined;
  let isStopping = false;
  const stop = (exitCode: number): void => {
    if (isStopping) return;
    isStopping = true;
    takeOverLeaving();
    void Promise.race([onStop(), later(givingBackMs)])
      .catch(() => {}) // the signal is obeyed whatever cannot be given back
      .then(async () => {
        await Promise.race([endTools(), later(toolsMs)]);
        if (onHeld && (await isHeldByKernel())) {
          onHeld();
          await later(sayingMs);
        }
        leaveAtOnce(exitCode);
      });
  };
  const obey = (signal: NodeJS.Signals): void => {
    const exitCode = 128 + constants.signals[signal];
    const sinceLastMs = lastMs === undefined ? undefined : performance.now() - lastMs;
    lastMs = performance.now();
    const toStop = [...stoppable].filter((each) => !each.signal.aborted);
    for (const each of toStop) each.abort();
    if (toStop.length > 0) onStopping?.();
    else if (shields > 0) onShielded();
    const isBusy = toStop.length > 0 || shields > 0;
    if (sinceLastMs !== undefined)
      setTimeout(() => stop(exitCode), isBusy || sinceLastMs < bounceMs ? patienceMs : 0).unref();
    else if (!isBusy) stop(exitCode);
  };
  for (const signal of stopSignals) process.on(signal, obey);
  return {
    shield: async (action) => {
      shields += 1;
      try {
        return await action();
      } finally {
        shields -= 1;
      }
    },
    stoppable: async (action) => {
      const controller = new AbortController();
      // What a signal already waits for is not begun any more.
      if (shields > 0 && lastMs !== undefined) controller.abort();
      stoppable.add(controller);
      try {
        return await action(controller.signal);
      } finally {
        stoppable.delete(controller);
      }
    },
    isStopAsked: () => lastMs !== undefined,
  };
};

/**
 * Whether a thread of ours is in an uninterruptible sleep, state D of proc_pid_stat(5): it waits for a device, and neither
 * execve(2) nor SIGKILL ends it before the device answers, is pulled out, or is given up by its driver.
 */
const isHeldByKernel = async (): Promise<boolean> => {
  const before = heldThreads();
  await later(sayingMs);
  return heldThreads().some((thread) => before.includes(thread));
};

const heldThreads = (): readonly string[] =>
  readdirSync('/proc/self/task').filter((thread) => {
    try {
      return /\) D /.test(readFileSync(`/proc/self/task/${thread}/stat`, 'latin1'));
    } catch {
      return false; // it has ended meanwhile
    }
  });

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
