/** One place of a pattern: `any` stands for any number of characters. */
export type GlobToken = 'any' | ((character: string) => boolean);

/**
 * Whether a text, character by character, fits a pattern. Greedy with one point of return, so that no pattern of a
 * stranger's takes more than length times length.
 */
export const fitsTokens = (text: ArrayLike<string>, tokens: readonly GlobToken[]): boolean => {
  let [at, inPattern, star, retry] = [0, 0, -1, 0];
  while (at < text.length) {
    const token = tokens[inPattern];
    if (token === 'any') {
      star = inPattern++;
      retry = at;
    } else if (token?.(text[at] ?? '')) {
      at++;
      inPattern++;
    } else if (star >= 0) {
      inPattern = star + 1;
      at = ++retry;
    } else return false;
  }
  return tokens.slice(inPattern).every((token) => token === 'any');
};

/** Whether a text fits a pattern of `*` and `?`, as of glob(7) without brackets, and of sshd's PATTERNS (ssh_config(5)). */
export const matchesGlob = (text: string, pattern: string): boolean =>
  fitsTokens(
    text,
    pattern.split('').map((wanted): GlobToken => {
      if (wanted === '*') return 'any';
      return wanted === '?' ? () => true : (character) => character === wanted;
    }),
  );
