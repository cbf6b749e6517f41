import { decodeBytes } from './bytes.ts';
import { argvSplit, strdelim, strdelimWords } from './sshd-words.ts';

/** One line of sshd_config(5) that says something. */
export interface SshdSetting {
  /** Lower case. */
  readonly keyword: string;
  readonly values: readonly string[];
  /** Everything behind the keyword, as it stands: a Match and a command are read otherwise than the rest. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** Why OpenSSH refuses the line whatever its keyword: nothing stands behind it, or a quote has no end. */
  readonly fault?: 'no-argument' | 'quotes';
}

/** A release of OpenSSH as a number: 902 is 9.2, 1000 is 10.0. */
export type SshVersion = number;

/** Since 8.7 values are read by argv_split, and a `#` within quotes is no comment any more. */
const argvSince: SshVersion = 807;

/** Every line that sets something, in order. @param version by which release's rules */
export const parseSshdConfig = (bytes: Uint8Array, version: SshVersion): readonly SshdSetting[] =>
  decodeBytes(bytes)
    // A zero byte ends a line for sshd, and swallows its newline.
    .replace(/\0[^\n]*\n?/g, '')
    .split('\n')
    .flatMap((line, index) => parseLine(line, version, index + 1) ?? []);

const parseLine = (raw: string, version: SshVersion, line: number): SshdSetting | undefined => {
  const isNew = version >= argvSince;
  const uncommented = isNew ? raw : raw.replace(/#.*/, '');
  const stripped = uncommented.replace(/^[ \t\r]+/, '');
  let cut = strdelim(stripped.slice(0, 1) + stripped.slice(1).replace(/[ \t\r\f]+$/, ''));
  if (cut?.word === '' && cut.rest !== undefined) cut = strdelim(cut.rest);
  if (cut === undefined || cut.word === '' || cut.word.startsWith('#')) return undefined;
  const text = cut.rest ?? '';
  const setting = { keyword: cut.word.toLowerCase(), text, line };
  if (text === '' && isNew) return { ...setting, values: [], fault: 'no-argument' };
  const values = isNew ? argvSplit(text) : strdelimWords(text);
  return values === undefined ? { ...setting, values: [], fault: 'quotes' } : { ...setting, values };
};
