import { expect, test } from 'vitest';
import { unescapeWindowsName, windowsNameFor } from '../../../src/formats/windows-names.ts';

const digestOf = () => 'd1ge57d1ge57';
const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

test.each([
  ['plain.txt', 'plain.txt'],
  ['a:b', 'a%3Ab'],
  ['100%', '100%25'],
  ['dot.', 'dot%2E'],
  ['blank ', 'blank%20'],
  ['two\nlines', 'two%0Alines'],
  ['con', '%63on'],
  ['COM1.txt', '%43OM1.txt'],
  ['caf\xe9', 'caf%E9'],
  [latin1('café'), latin1('café')],
  ['\\/?', '%5C%2F%3F'],
])('%j is held as %j, and can be read back', (name, held) => {
  const escaped = windowsNameFor(name, new Set(), digestOf);
  expect(escaped).toBe(held);
  expect(unescapeWindowsName(escaped)).toBe(name);
});

test('two names that differ in case alone stay two files', () => {
  const taken = new Set<string>();
  const names = ['readme', 'README', 'Readme'].map((name) => windowsNameFor(name, taken, digestOf));
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(3);
  expect(names.map(unescapeWindowsName)).toEqual(['readme', 'README', 'Readme']);
});

test('a name that is too long once escaped is cut, and marked', () => {
  const name = windowsNameFor(':'.repeat(200), new Set(), digestOf);
  expect(name.length).toBeLessThanOrEqual(255);
  expect(name).toMatch(/%~d1ge57d1ge57$/);
});
