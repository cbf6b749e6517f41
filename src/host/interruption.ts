import { constants } from 'node:os';
import { leaveAtOnce } from './leaving.ts';

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** After a second signal, what is under way has so long to come to its end; a write is whole then, or not there at all. */
const patienceMs = 2000;
/** So long may it take to give back what is held. */
const givingBackMs = 2500;
/** Two signals so close are one for a person, or for timeout(1), which sends it to the process and to its group. */
const bounceMs = 100;

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
}

/**
 * @param onStop gives everything back; then the process ends as the signal asked (exit 128 + its number)
 */
export const watchSignals = (
  onStop: () => Promise<void>,
  { onShielded, onStopping }: InterruptionWords,
): Interruption => {
  const stoppable = new Set<AbortController>();
  let shields = 0;
  let lastMs: number | undefined;
  let isStopping = false;
  const stop = (exitCode: number): void => {
    if (isStopping) return;
    isStopping = true;
    void Promise.race([onStop(), later(givingBackMs)])
      .catch(() => {}) // the signal is obeyed whatever cannot be given back
      .then(() => leaveAtOnce(exitCode));
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

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
