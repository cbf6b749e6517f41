/**
 * What JSON lets through and a terminal obeys: the controls beyond ASCII and its DEL, whatever is invisible or turns the
 * direction of the text (Unicode's Cf, Zl, Zp), and the specials at the end of the plane.
 */
const unshowable = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}\ufff0-\uffff]/gu;

const escaped = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');

/** A value on one line, as JSON that a terminal shows harmlessly: whoever reads it gets the same value. */
export const jsonLine = (value: object): string => JSON.stringify(value).replace(unshowable, escaped);

/** The same on many lines, for people too. */
export const jsonDocument = (value: object): string => JSON.stringify(value, undefined, 2).replace(unshowable, escaped);
