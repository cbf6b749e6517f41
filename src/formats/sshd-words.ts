/**
 * How OpenSSH takes a line of sshd_config apart: `strdelim` for keywords, and before 8.7 for everything; `argv_split`
 * since (misc.c). What they make of odd quotes differs.
 */

const blanks = ' \t\r\n';
const skipBlanks = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && blanks.includes(text[at] ?? '')) at++;
  return at;
};

/** The next word, and what is left after it: undefined at the end. */
export interface Cut {
  readonly word: string;
  readonly rest: string | undefined;
}

/** Up to a blank or one `=`; a quoted phrase ends the word. Undefined for a quote without its end. */
export const strdelim = (text: string): Cut | undefined => {
  const at = text.search(/[ \t\r\n"=]/);
  if (at < 0) return { word: text, rest: undefined };
  if (text[at] === '"') {
    const end = text.indexOf('"', at + 1);
    if (end < 0) return undefined;
    return { word: text.slice(0, at) + text.slice(at + 1, end), rest: text.slice(skipBlanks(text, end + 1)) };
  }
  let next = skipBlanks(text, at + 1);
  if (text[at] !== '=' && text[next] === '=') next = skipBlanks(text, next + 1);
  return { word: text.slice(0, at), rest: text.slice(next) };
};

/** All words up to the first that is empty, as loops over strdelim take them. */
export const strdelimWords = (text: string): readonly string[] => {
  const words: string[] = [];
  for (let rest: string | undefined = text; rest !== undefined; ) {
    const cut = strdelim(rest);
    if (cut === undefined || cut.word === '') break;
    words.push(cut.word);
    rest = cut.rest;
  }
  return words;
};

/** Words between blanks, with both kinds of quotes and `\` before quotes, `\` and blanks, up to a comment. Undefined where a quote has no end. */
export const argvSplit = (text: string): readonly string[] | undefined => {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === ' ' || text[at] === '\t') {
      at++;
      continue;
    }
    if (text[at] === '#') break;
    let word = '';
    let quote = '';
    for (; at < text.length; at++) {
      const character = text[at] ?? '';
      const next = text[at + 1] ?? '';
      if (character === '\\' && next !== '' && (`'"\\`.includes(next) || (quote === '' && next === ' '))) {
        word += next;
        at++;
      } else if (quote === '' && (character === ' ' || character === '\t')) break;
      else if (quote === '' && (character === '"' || character === "'")) quote = character;
      else if (character === quote) quote = '';
      else word += character;
    }
    if (quote !== '') return undefined;
    words.push(word);
  }
  return words;
};
