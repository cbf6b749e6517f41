/**
 * Names for file systems that hold only what Windows would take (FAT, exFAT, NTFS), made so that the old name can be
 * read back: bytes that are not allowed become %XX, and so does the per cent sign itself. Names are Latin-1 strings, a
 * character for each byte, as the copying threads have them. (learn.microsoft.com, "Naming Files, Paths, and Namespaces")
 */

const forbidden = /["*/:<>?\\|\x00-\x1f\x7f%]/g;
const reserved = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;
const longestUnits = 255;

const escapeByte = (character: string): string =>
  `%${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, '0')}`;

/**
 * @param taken names of the same folder so far, in their folded form; the new one is added
 * @param digestOf eight or more characters that stand for a name too long once it is escaped
 */
export const windowsNameFor = (name: string, taken: Set<string>, digestOf: (name: string) => string): string => {
  let escaped = escapeForeignBytes(name.replace(forbidden, escapeByte)).replace(/[. ]$/, escapeByte);
  if (reserved.test(escaped)) escaped = escapeByte(escaped.charAt(0)) + escaped.slice(1);
  if (lengthOf(escaped) > longestUnits) escaped = shorten(escaped, digestOf(name));
  // README and readme are two files on Linux, and one here.
  for (let at = 0; taken.has(foldedName(escaped)) && at < escaped.length; at++) {
    const character = escaped.charAt(at);
    if (/[a-z]/i.test(character) && escaped.charAt(at - 1) !== '%' && escaped.charAt(at - 2) !== '%')
      escaped = escaped.slice(0, at) + escapeByte(character) + escaped.slice(at + 1);
  }
  if (taken.has(foldedName(escaped))) escaped = shorten(escaped, digestOf(name));
  taken.add(foldedName(escaped));
  return escaped;
};

/** The name that an escaped one stands for; a shortened one cannot be read back. */
export const unescapeWindowsName = (name: string): string =>
  name.replace(/%([0-9A-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));

/** `%~` is never the start of an escape. */
const shorten = (escaped: string, digest: string): string =>
  `${escaped.slice(0, 80).replace(/%[0-9A-F]?$/, '')}%~${digest}`;

const foldedName = (name: string): string => utf8(name).toUpperCase().toLowerCase();
const lengthOf = (name: string): number => utf8(name).length;
const utf8 = (name: string): string => Buffer.from(name, 'latin1').toString('utf8');

/** Such file systems keep names as Unicode: bytes that are not UTF-8 have no place there. */
const escapeForeignBytes = (name: string): string => {
  if (!/[\x80-\xff]/.test(name) || utf8(name).indexOf('\ufffd') < 0) return name;
  return name.replace(/[\x80-\xff]/g, escapeByte);
};
