/**
 * glob(7) for one part of a path: `*`, `?`, `[…]` with ranges, classes and `!` or `^`, and `\` before what means itself.
 * A dot at the beginning is matched by a dot alone.
 */
export const matchesPathGlob = (name: string, pattern: string): boolean => {
  const tokens = tokensOf(pattern);
  if (name.startsWith('.') && !(tokens[0] !== 'any' && tokens[0]?.literal === '.')) return false;
  const text = [...name];
  // Greedy with one point of return, so that no pattern takes more than length times length.
  let [at, inPattern, star, retry] = [0, 0, -1, 0];
  while (at < text.length) {
    const token = tokens[inPattern];
    if (token === 'any') {
      star = inPattern++;
      retry = at;
    } else if (token?.fits(text[at] ?? '')) {
      at++;
      inPattern++;
    } else if (star >= 0) {
      inPattern = star + 1;
      at = ++retry;
    } else return false;
  }
  return tokens.slice(inPattern).every((token) => token === 'any');
};

/** Whether a part of a path is a pattern at all. */
export const isPathGlob = (part: string): boolean => /[*?[]/.test(part);

/** The name that a part without patterns stands for. */
export const unescapeGlob = (part: string): string => part.replace(/\\(.)/g, '$1');

type Token = 'any' | { readonly literal?: string; readonly fits: (character: string) => boolean };

const tokensOf = (pattern: string): readonly Token[] => {
  const characters = [...pattern];
  const tokens: Token[] = [];
  const literal = (wanted: string) => tokens.push({ literal: wanted, fits: (character) => character === wanted });
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? '';
    if (character === '*') tokens.push('any');
    else if (character === '?') tokens.push({ fits: () => true });
    else if (character === '\\' && at + 1 < characters.length) literal(characters[++at] ?? '');
    else if (character === '[') {
      const set = setAt(characters, at);
      if (set === undefined) literal('[');
      else {
        tokens.push({ fits: set.fits });
        at = set.end;
      }
    } else literal(character);
  }
  return tokens;
};

const classes: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  digit: /\d/,
  lower: /[a-z]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /\s/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

/** The set that begins at a `[`, and where its `]` stands; undefined where it has none. */
const setAt = (characters: readonly string[], start: number) => {
  let at = start + 1;
  const isNegated = characters[at] === '!' || characters[at] === '^';
  if (isNegated) at++;
  const first = at;
  const parts: ((character: string) => boolean)[] = [];
  for (; at < characters.length; at++) {
    if (characters[at] === ']' && at > first)
      return { end: at, fits: (character: string) => parts.some((part) => part(character)) !== isNegated };
    const named = /^\[:([a-z]+):\]/.exec(characters.slice(at, at + 12).join(''));
    if (named?.[1] !== undefined) {
      const pattern = classes[named[1]];
      parts.push((character) => pattern?.test(character) ?? false);
      at += named[0].length - 1;
      continue;
    }
    if (characters[at] === '\\') at++;
    const low = characters[at] ?? '';
    if (characters[at + 1] === '-' && characters[at + 2] !== undefined && characters[at + 2] !== ']') {
      at += characters[at + 2] === '\\' ? 3 : 2;
      const high = characters[at] ?? '';
      parts.push((character) => character >= low && character <= high);
    } else parts.push((character) => character === low);
  }
  return undefined;
};
