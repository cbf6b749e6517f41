/** Counts that disks came or went, and waits for the next time. */
export interface Changes extends Disposable {
  readonly count: () => number;
  /** Resolves at the next change, or after so many milliseconds without one. */
  readonly next: (timeoutMs: number) => Promise<void>;
  /** Resolves once nothing has changed for `quietMs`, or after `atMostMs`. */
  readonly quiet: (quietMs: number, atMostMs: number) => Promise<void>;
}

export const countChanges = (watch: (onChange: () => void) => Disposable): Changes => {
  let count = 0;
  let wake = () => {};
  const watcher = watch(() => {
    count += 1;
    wake();
  });
  const next = (timeoutMs: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const quiet = async (quietMs: number, atMostMs: number): Promise<void> => {
    let isLate = false;
    const late = setTimeout(() => {
      isLate = true;
      wake();
    }, atMostMs);
    for (let before = -1; before !== count && !isLate; ) {
      before = count;
      await next(quietMs);
    }
    clearTimeout(late);
  };
  return { count: () => count, next, quiet, [Symbol.dispose]: () => watcher[Symbol.dispose]() };
};
