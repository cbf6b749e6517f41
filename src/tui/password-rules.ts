import { longestPasswordBytes } from '../formats/password-policy.ts';

/** Why something typed or pasted is not (yet) a password. */
export type Rejection = 'empty' | 'short-of-second' | 'different' | 'too-long' | 'line-break' | 'control';

/** What a field holds after something was typed or pasted into it; an addition that cannot belong to a password is not taken. */
export const addToPassword = (
  present: string,
  added: string,
): { readonly password: string } | { readonly rejection: Rejection } => {
  // A copied line often ends in its line break; that is no part of the password.
  const text = added.replace(/[\r\n]+$/, '');
  if (/[\r\n]/.test(text)) return { rejection: 'line-break' };
  if (/[\u0000-\u001f\u007f-\u009f]/.test(text)) return { rejection: 'control' };
  const password = present + text;
  return new TextEncoder().encode(password).length > longestPasswordBytes ? { rejection: 'too-long' } : { password };
};

/** Undefined when the two fields together are a password. */
export const judgePasswords = (first: string, second: string): Rejection | undefined => {
  if (first === '') return 'empty';
  if (second === '') return 'short-of-second';
  return first === second ? undefined : 'different';
};

/** Without its last character, as people count characters. */
export const withoutLast = (text: string): string =>
  [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)]
    .slice(0, -1)
    .map(({ segment }) => segment)
    .join('');
