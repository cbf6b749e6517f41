import { decodeBytes } from './bytes.ts';

/** One line of sshd_config(5): keywords are compared without case, and the first value of a keyword counts. */
export interface SshdSetting {
  /** Lower case. */
  readonly keyword: string;
  readonly values: readonly string[];
  /** From 1. */
  readonly line: number;
}

/** Every line that sets something, in order; a `match` begins a block that ends with the next one, or with the file. */
export const parseSshdConfig = (bytes: Uint8Array): readonly SshdSetting[] =>
  decodeBytes(bytes)
    .split('\n')
    .flatMap((text, index) => {
      const [, keyword, rest = ''] = /^[ \t]*([A-Za-z]+)(?:[ \t]*=[ \t]*|[ \t]+)([^\r]*)/.exec(text) ?? [];
      return keyword === undefined
        ? []
        : [{ keyword: keyword.toLowerCase(), values: splitValues(rest), line: index + 1 }];
    });

/** Words, or quoted phrases, up to a comment. */
const splitValues = (text: string): readonly string[] =>
  Array.from(text.replace(/(^|\s)#.*$/, '').matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, word]) => quoted ?? word ?? '');
