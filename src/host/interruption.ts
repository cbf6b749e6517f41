import { constants } from 'node:os';

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Obeys signals: at once, or, while something is being written, after it. */
export interface Interruption {
  /** Runs `action` to its end, whatever signals arrive meanwhile. */
  readonly shield: <T>(action: () => Promise<T>) => Promise<T>;
}

/**
 * @param onStop gives everything back; then the process ends as the signal asked (exit 128 + its number)
 * @param onShielded tells the person that the write under way is finished first
 */
export const watchSignals = (onStop: () => Promise<void>, onShielded: () => void): Interruption => {
  let shields = 0;
  let isStopping = false;
  for (const signal of stopSignals)
    process.on(signal, () => {
      if (shields > 0) return onShielded();
      if (isStopping) return;
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
  };
};
