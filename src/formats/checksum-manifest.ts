import { encodeBytes } from './bytes.ts';

/**
 * Lines of a manifest that GNU `sha256sum --check` reads: digest, two blanks, name. Where a name holds a newline, a
 * carriage return or a backslash, those are escaped and the line starts with a backslash (coreutils, cksum invocation).
 */

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r' };
const special = /[\\\n\r]/;

/** The name as a Latin-1 string, a character for each byte; so is the line. */
export const manifestLine = (digest: string, name: string): string =>
  special.test(name)
    ? `\\${digest}  ${name.replace(/[\\\n\r]/g, (character) => escapes[character] ?? character)}\n`
    : `${digest}  ${name}\n`;

/** The name of a line without its newline; undefined for comments and whatever else is no such line. */
export const manifestName = (line: string): string | undefined => {
  const [, backslash, name] = /^(\\?)[0-9a-f]{64} [ *](.*)$/s.exec(line) ?? [];
  if (name === undefined) return undefined;
  return backslash === ''
    ? name
    : name.replace(/\\(.)/g, (_, character: string) => ({ n: '\n', r: '\r' })[character] ?? character);
};

/** A comment, which sha256sum skips. Newlines in it would end it. */
export const manifestComment = (text: string): string =>
  `# ${Buffer.from(encodeBytes(text.replace(/[\\\n\r]/g, (character) => escapes[character] ?? character))).toString('latin1')}\n`;
