import { constants } from 'node:os';

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Obeys signals: at once; while something is being written, after it; in a long copy, as soon as it is in order. */
export interface Interruption {
  /** Runs `action` to its end, whatever signals arrive meanwhile. */
  readonly shield: <T>(action: () => Promise<T>) => Promise<T>;
  /** Runs `action`, which a first signal asks to stop, and which then ends in its own way. */
  readonly stoppable: <T>(action: (signal: AbortSignal) => Promise<T>) => Promise<T>;
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
  let isStopping = false;
  for (const signal of stopSignals)
    process.on(signal, () => {
      if (shields > 0) return onShielded();
      if (isStopping) return;
      const toStop = [...stoppable].filter((each) => !each.signal.aborted);
      if (toStop.length > 0) {
        onStopping?.();
        for (const each of toStop) each.abort();
        return;
      }
      isStopping = true;
      void onStop().finally(() => process.exit(128 + constants.signals[signal]));
    });
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
      stoppable.add(controller);
      try {
        return await action(controller.signal);
      } finally {
        stoppable.delete(controller);
      }
    },
  };
};
