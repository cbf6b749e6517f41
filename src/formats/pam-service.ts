import { decodeBytes } from './bytes.ts';

/** One line of a service in /etc/pam.d (pam.conf(5)). */
export interface PamLine {
  /** From 1; the first of those that a backslash joins. */
  readonly line: number;
  /** `@include FILE` of Debian takes all types of that file in. */
  readonly type: 'auth' | 'account' | 'password' | 'session' | 'include';
  /** `required`, `include`, or what stands in brackets; for an @include the same as the module. */
  readonly control: string;
  /** As written: `pam_unix.so`, a path, or the file that is included. */
  readonly module: string;
  readonly args: readonly string[];
}

const types = new Set(['auth', 'account', 'password', 'session']);

/** The lines of a service, in order; what libpam would not take for one is passed over. */
export const parsePamService = (bytes: Uint8Array): readonly PamLine[] =>
  joinedLines(decodeBytes(bytes)).flatMap(({ text, line }): PamLine[] => {
    const words = text.match(/\[(?:\\.|[^\]\\])*\]|\S+/g) ?? [];
    const [first = '', control = '', module = ''] = words;
    if (first === '@include') return [{ line, type: 'include', control, module: control, args: [] }];
    // A dash in front: a module that is missing is no error.
    const type = first.replace(/^-/, '').toLowerCase();
    if (!types.has(type) || module === '') return [];
    return [{ line, type: type as PamLine['type'], control, module, args: words.slice(3).map(withoutBrackets) }];
  });

const withoutBrackets = (word: string): string =>
  /^\[.*\]$/.test(word) ? word.slice(1, -1).replaceAll('\\]', ']') : word;

/** Without comments; a backslash at the end takes the next line in. */
const joinedLines = (text: string): readonly { readonly text: string; readonly line: number }[] => {
  const joined: { text: string; line: number }[] = [];
  let isOpen = false;
  for (const [index, raw] of text.split('\n').entries()) {
    const content = raw.replace(/#.*$/, '');
    const continues = content.endsWith('\\');
    const piece = continues ? content.slice(0, -1) : content;
    const last = joined.at(-1);
    if (isOpen && last) last.text += ` ${piece}`;
    else joined.push({ text: piece, line: index + 1 });
    isOpen = continues;
  }
  return joined;
};
