/**
 * The line-by-line, colon-separated files of /etc (passwd, shadow, group), kept whole: formatting what was parsed
 * gives the same bytes again, whatever the lines hold.
 */
import { decodeBytes, encodeBytes } from './bytes.ts';

/** One line, with what ends it: `\n`, `\r\n`, or nothing on a last line without a newline. */
export interface ColonLine {
  readonly fields: readonly string[];
  readonly ending: string;
}

export const parseColonFile = (bytes: Uint8Array): readonly ColonLine[] =>
  Array.from(decodeBytes(bytes).matchAll(/([^\n]*?)(\r?\n|\r?$)/g), ([, text = '', ending = '']) => ({
    fields: text.split(':'),
    ending,
  })).filter(({ fields, ending }) => ending !== '' || fields.join(':') !== '');

export const formatColonFile = (lines: readonly ColonLine[]): Uint8Array<ArrayBuffer> =>
  encodeBytes(lines.map(({ fields, ending }) => fields.join(':') + ending).join(''));

/**
 * The name that a line is an entry for; undefined for comments, blank lines and NIS inclusions (`+`, `-@group`).
 * Blanks before the name do not count, as in glibc's nss_files.
 */
export const entryName = ({ fields }: ColonLine): string | undefined => {
  const name = (fields[0] ?? '').trimStart();
  return fields.length < 2 || name === '' || /^[#+-]/.test(name) ? undefined : name;
};

/** The same lines, with some fields of one line set (counted from 0); missing fields before them become empty. */
export const withFields = (
  lines: readonly ColonLine[],
  index: number,
  values: ReadonlyMap<number, string>,
): readonly ColonLine[] =>
  lines.map((line, at) => {
    if (at !== index) return line;
    const length = Math.max(line.fields.length, ...[...values.keys()].map((key) => key + 1));
    const fields = Array.from({ length }, (_, field) => values.get(field) ?? line.fields[field] ?? '');
    return { fields, ending: line.ending };
  });

/** The same lines and one more, in the file's own habit: its newline, and none at the end where it had none. */
export const withLine = (lines: readonly ColonLine[], fields: readonly string[]): readonly ColonLine[] => {
  const last = lines.at(-1);
  if (!last) return [{ fields, ending: '\n' }];
  const newline = lines.find(({ ending }) => ending.endsWith('\n'))?.ending ?? '\n';
  return [...lines.slice(0, -1), { ...last, ending: last.ending || newline }, { fields, ending: last.ending }];
};
