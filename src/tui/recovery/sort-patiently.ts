/** Items sorted at once: some milliseconds' worth, also on a small board. */
const portion = 4096;

const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Sorts in portions, between which keys are answered: a hundred thousand names take a second on a small board. */
export const sortPatiently = async <T>(
  items: readonly T[],
  isBefore: (one: T, other: T) => boolean,
): Promise<readonly T[]> => {
  let runs: (readonly T[])[] = [];
  for (let start = 0; start < items.length; start += portion) {
    runs.push(items.slice(start, start + portion).sort((one, other) => (isBefore(one, other) ? -1 : 1)));
    await breathe();
  }
  while (runs.length > 1) {
    const merged: (readonly T[])[] = [];
    for (let index = 0; index < runs.length; index += 2) {
      merged.push(await merge(runs[index] ?? [], runs[index + 1] ?? [], isBefore));
    }
    runs = merged;
  }
  return runs[0] ?? [];
};

const merge = async <T>(
  one: readonly T[],
  other: readonly T[],
  isBefore: (one: T, other: T) => boolean,
): Promise<readonly T[]> => {
  const merged: T[] = [];
  let [left, right] = [0, 0];
  while (left < one.length && right < other.length) {
    const [first, second] = [one[left] as T, other[right] as T];
    if (isBefore(second, first)) {
      merged.push(second);
      right += 1;
    } else {
      merged.push(first);
      left += 1;
    }
    if (merged.length % portion === 0) await breathe();
  }
  return merged.concat(one.slice(left), other.slice(right));
};
