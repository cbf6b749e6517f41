import { fitsTokens, type GlobToken } from './glob.ts';

/**
 * glob(7) for one part of a path: `*`, `?`, `[…]` with ranges, classes and `!` or `^`, and `\` before what means itself.
 * A dot at the beginning is matched by a dot alone.
 */
export const matchesPathGlob = (name: string, pattern: string): boolean => {
  const { tokens, beginsWithDot } = tokensOf(pattern);
  return (beginsWithDot || !name.startsWith('.')) && fitsTokens([...name], tokens);
};

/** Whether a part of a path is a pattern at all. */
export const isPathGlob = (part: string): boolean => /[*?[]/.test(part);

/** The name that a part without patterns stands for. */
export const unescapeGlob = (part: string): string => part.replace(/\\(.)/g, '$1');

interface PathPattern {
  readonly tokens: readonly GlobToken[];
  /** Written out, not by a set or a `?`. */
  readonly beginsWithDot: boolean;
}

const tokensOf = (pattern: string): PathPattern => {
  const characters = [...pattern];
  const tokens: GlobToken[] = [];
  let beginsWithDot = false;
  const literal = (wanted: string) => {
    if (tokens.length === 0) beginsWithDot = wanted === '.';
    tokens.push((character) => character === wanted);
  };
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? '';
    if (character === '*') tokens.push('any');
    else if (character === '?') tokens.push(() => true);
    else if (character === '\\' && at + 1 < characters.length) literal(characters[++at] ?? '');
    else if (character === '[') {
      const set = setAt(characters, at);
      if (set === undefined) literal('[');
      else {
        tokens.push(set.fits);
        at = set.end;
      }
    } else literal(character);
  }
  return { tokens, beginsWithDot };
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
