const askEveryMs = 500;

/** Asks again and again until something is so; false if it is not by then. */
export const until = async (isSo: () => Promise<boolean>, deadlineMs: number, now: () => number): Promise<boolean> => {
  while (now() < deadlineMs) {
    if (await isSo()) return true;
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
  }
  return await isSo();
};
