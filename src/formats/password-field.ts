/**
 * What a password field of passwd or shadow says (shadow(5), crypt(5)).
 * `empty`: no password is asked for. `locked`: `!` or `*` in front of whatever stood there. `unusable`: no hash that
 * crypt(3) could ever give.
 */
export type PasswordField = 'hash' | 'empty' | 'locked' | 'unusable';

export const classifyPasswordField = (field: string): PasswordField => {
  if (field === '') return 'empty';
  if (/^[!*]/.test(field)) return 'locked';
  return isHash(field) ? 'hash' : 'unusable';
};

/** `$scheme$…`, BSDi's `_…` or traditional DES in 13 characters (bigcrypt: more). */
const isHash = (field: string): boolean =>
  /^\$[^$]+\$.+/.test(field) || /^_[./0-9A-Za-z]{19}$/.test(field) || /^[./0-9A-Za-z]{13,}$/.test(field);
