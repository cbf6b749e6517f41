import type { PublicKey } from '../model/public-key.ts';
import { decodeBytes, encodeBytes } from './bytes.ts';

/**
 * What a file of authorized keys (sshd(8), AUTHORIZED_KEYS FILE FORMAT) says of a key.
 * - `open`: a line grants it without conditions.
 * - `restricted`: the first line with it has options, such as `from="…"` or `command="…"`.
 * - `absent`: no line has it.
 */
export type KeyStanding = 'open' | 'restricted' | 'absent';

/** sshd takes the first line that has the key and whose options let it in. */
export const standingOf = (content: Uint8Array, key: PublicKey): KeyStanding => {
  const line = linesOf(content).find((each) => holdsKey(each, key));
  if (line === undefined) return 'absent';
  return line.trimStart().startsWith(`${key.type} `) || line.trimStart().startsWith(`${key.type}\t`)
    ? 'open'
    : 'restricted';
};

/**
 * The file with the key on a line of its own, everything else as it stands to the byte: at the end, or, where the key
 * stands there with options, before that line, since the first line counts. The same bytes where it stands there openly.
 */
export const withAuthorizedKey = (content: Uint8Array, key: PublicKey): Uint8Array => {
  const standing = standingOf(content, key);
  if (standing === 'open') return content;
  const line = `${[key.type, key.base64, key.comment].filter((part) => part !== '').join(' ')}\n`;
  const text = decodeBytes(content);
  if (standing === 'absent') return encodeBytes(text === '' || text.endsWith('\n') ? text + line : `${text}\n${line}`);
  const lines = linesOf(content);
  const before = lines.slice(
    0,
    lines.findIndex((each) => holdsKey(each, key)),
  );
  const at = before.reduce((sum, each) => sum + each.length + 1, 0);
  return encodeBytes(text.slice(0, at) + line + text.slice(at));
};

const linesOf = (content: Uint8Array): readonly string[] => decodeBytes(content).split('\n');

/** In a comment or in an option's quotes a key is none, but no base64 of one is ever found there by accident. */
const holdsKey = (line: string, { type, base64 }: PublicKey): boolean => {
  const at = line.indexOf(base64);
  if (at < 0 || /^\s*#/.test(line)) return false;
  const [before, after] = [line.slice(0, at).trimEnd(), line.slice(at + base64.length)];
  return before.endsWith(type) && (after === '' || /^\s/.test(after));
};
