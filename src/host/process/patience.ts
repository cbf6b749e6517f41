const pauseMs = 50;

/** Tries again, for a while, as long as the failure is one that passes by itself. */
export const patiently = async <T>(
  action: () => Promise<T>,
  isPassing: (error: unknown) => boolean,
  patienceMs = 3000,
): Promise<T> => {
  for (let waitedMs = 0; ; waitedMs += pauseMs) {
    try {
      return await action();
    } catch (error) {
      if (!isPassing(error) || waitedMs >= patienceMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
};
