import { decodeBytes } from './bytes.ts';

/** One line of sshd_config(5): keywords are compared without case, and the first value of a keyword counts. */
export interface SshdSetting {
  /** Lower case. */
  readonly keyword: string;
  readonly values: readonly string[];
}

/** The settings for everybody: what stands before the first Match block. */
export const parseSshdConfig = (bytes: Uint8Array): readonly SshdSetting[] => {
  const settings = Array.from(
    decodeBytes(bytes).matchAll(/^[ \t]*([A-Za-z]+)(?:[ \t]*=[ \t]*|[ \t]+)([^\r\n]*)/gm),
    ([, keyword = '', rest = '']) => ({ keyword: keyword.toLowerCase(), values: splitValues(rest) }),
  );
  const match = settings.findIndex(({ keyword }) => keyword === 'match');
  return match < 0 ? settings : settings.slice(0, match);
};

/** Words, or quoted phrases, up to a comment. */
const splitValues = (text: string): readonly string[] =>
  Array.from(text.replace(/(^|\s)#.*$/, '').matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, word]) => quoted ?? word ?? '');
