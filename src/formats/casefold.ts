/**
 * How Home Assistant compares user names: Python's `str.strip().casefold()` on both sides. JavaScript has no case
 * folding, but lower, upper and lower again, character by character, comes to the same but for two exceptions.
 */

/** What Python's str.isspace holds for white space; String.trim differs in nine characters. */
const blanks = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const outerBlanks = new RegExp(`^${blanks}+|${blanks}+$`, 'g');

/** Cherokee folds to its capitals, which are the older letters. */
const cherokee = /[\u13a0-\u13ff\uab70-\uabbf]/;
/** The Turkish dotless i is no capital's small letter outside Turkish. */
const dotlessI = '\u0131';

export const casefold = (text: string): string => Array.from(text, foldCharacter).join('');

/** The form in which two spellings of a user name are the same name. */
export const normalName = (name: string): string => casefold(name.replace(outerBlanks, ''));

const foldCharacter = (character: string): string => {
  if (character === dotlessI) return character;
  if (cherokee.test(character)) return character.toUpperCase();
  return character.toLowerCase().toUpperCase().toLowerCase();
};
