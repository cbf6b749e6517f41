/**
 * How Home Assistant compares user names: Python's `str.strip().casefold()` on both sides. JavaScript has no case
 * folding, but lower, upper and lower again, character by character, comes to the same but for two exceptions.
 */

/** What Python's str.isspace holds for white space; String.trim differs in six characters. */
const blank = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** Cherokee folds to its capitals, which are the older letters. */
const cherokee = /[\u13a0-\u13ff\uab70-\uabbf]/;
/** The Turkish dotless i is no capital's small letter outside Turkish. */
const dotlessI = '\u0131';

export const casefold = (text: string): string => Array.from(text, foldCharacter).join('');

/** The form in which two spellings of a user name are the same name. */
export const normalName = (name: string): string => casefold(strip(name));

/** Python's str.strip. One expression for both ends takes quadratic time on a stranger's long run of blanks. */
const strip = (text: string): string => {
  let from = 0;
  let to = text.length;
  while (from < to && blank.test(text.charAt(from))) from++;
  while (to > from && blank.test(text.charAt(to - 1))) to--;
  return text.slice(from, to);
};

const foldCharacter = (character: string): string => {
  if (character === dotlessI) return character;
  if (cherokee.test(character)) return character.toUpperCase();
  return character.toLowerCase().toUpperCase().toLowerCase();
};
