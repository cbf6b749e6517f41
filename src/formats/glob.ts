/**
 * Whether a text fits a pattern of `*` and `?`, as of glob(7) without brackets, and of sshd's PATTERNS
 * (ssh_config(5)). Greedy with one point of return, so that no pattern of a stranger's takes more than length times
 * length.
 */
export const matchesGlob = (text: string, pattern: string): boolean => {
  let [at, inPattern, star, retry] = [0, 0, -1, 0];
  while (at < text.length) {
    const wanted = pattern[inPattern];
    if (wanted === '*') {
      star = inPattern++;
      retry = at;
    } else if (wanted === '?' || wanted === text[at]) {
      at++;
      inPattern++;
    } else if (star >= 0) {
      inPattern = star + 1;
      at = ++retry;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(inPattern));
};
