import { describe, expect, test } from 'vitest';
import { encodeBytes } from '../../../src/formats/bytes.ts';
import { entryName, formatColonFile, parseColonFile, withFields, withLine } from '../../../src/formats/colon-file.ts';
import { seededRandom } from '../../support/random.ts';

const bytesOf = (text: string) => encodeBytes(text);
const textOf = (lines: Parameters<typeof formatColonFile>[0]) => Buffer.from(formatColonFile(lines)).toString('latin1');

test('whatever a file holds, it comes out again byte for byte', () => {
  const random = seededRandom(9);
  const pieces = [':', '\n', '\r', '\r\n', '#', '+', ' ', '\0', 'root', 'x', 'é', '\udce9', '🔑', '\ufeff'] as const;
  for (let round = 0; round < 3000; round++) {
    const text = Array.from({ length: random.below(25) }, () => random.pick(pieces)).join('');
    const bytes = round % 2 === 0 ? bytesOf(text) : random.bytes(random.below(60));
    expect(Buffer.from(formatColonFile(parseColonFile(bytes))).equals(bytes)).toBe(true);
  }
});

test('a field of one line changes, and nothing else', () => {
  const lines = parseColonFile(bytesOf('a:b:c\r\n\n# x:y\nd:e'));
  expect(textOf(withFields(lines, 0, new Map([[1, 'B']])))).toBe('a:B:c\r\n\n# x:y\nd:e');
  expect(textOf(withFields(lines, 3, new Map([[3, 'G']])))).toBe('a:b:c\r\n\n# x:y\nd:e::G');
  expect(textOf(withFields(lines, 0, new Map([[1, '$&$1']])))).toBe('a:$&$1:c\r\n\n# x:y\nd:e');
});

describe('one more line keeps the habits of the file', () => {
  test.each([
    ['a:b\n', 'a:b\nc:d\n'],
    ['a:b', 'a:b\nc:d'],
    ['a:b\r\n', 'a:b\r\nc:d\r\n'],
    ['a:b\r\ne:f\n', 'a:b\r\ne:f\nc:d\n'],
    ['a:b\r\ne:f', 'a:b\r\ne:f\r\nc:d'],
    ['', 'c:d\n'],
    ['a:b\n\n', 'a:b\n\nc:d\n'],
  ])('%j', (before, after) => {
    expect(textOf(withLine(parseColonFile(bytesOf(before)), ['c', 'd']))).toBe(after);
  });
});

test('comments, blank lines and NIS inclusions name nobody', () => {
  const names = parseColonFile(bytesOf('root:x\n  bob:x\n#bob:x\n \n+bob:x\n-@staff:x\n+\n:x\nalone\n')).map(entryName);
  expect(names).toEqual(['root', 'bob', ...Array.from({ length: 7 }, () => undefined)]);
});
