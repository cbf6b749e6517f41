import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { bullet, clip, fill, line, span, widthOf, wrap } from '../../../src/tui/kit/frame.ts';

const textOf = (spans: readonly { readonly text: string }[]) => spans.map(({ text }) => text).join('');

describe('a line', () => {
  test.each([
    '',
    'short',
    'far too long for it',
    '日本語のとても長い名前',
    'e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301',
  ])('is exactly as wide as it should be: %j', (text) => {
    for (const columns of [1, 7, 8, 10, 40]) expect(widthOf(fill(line(text), columns))).toBe(columns);
  });

  test('that is cut says so, and never cuts a wide character in half', () => {
    expect(clip('日本語', 4)).toBe('日…');
    expect(textOf(fill([span('abc'), span('def')], 5))).toBe('abcd…');
  });
});

describe('a paragraph', () => {
  test('breaks between words, and a word that is too long anywhere', () => {
    expect(wrap('to be or not', 6)).toEqual(['to be', 'or not']);
    expect(wrap('/a/very/long/path x', 6)).toEqual(['/a/ver', 'y/long', '/path', 'x']);
    for (const words of wrap('日本語のとても長い名前 と空白', 7)) expect(stringWidth(words)).toBeLessThanOrEqual(7);
  });

  test('keeps French signs with their words', () => {
    expect(wrap('on dit « oui » !', 9)).toEqual(['on dit', '« oui » !']);
    for (let columns = 9; columns < 40; columns += 1)
      for (const words of wrap('Clé : « oui » ; et non ? si ! La suite : « rien ».', columns))
        expect(stringWidth(words)).toBeLessThanOrEqual(columns);
  });

  test('goes on below its own beginning after a sign', () => {
    expect(bullet('-', 'one two', 5).map(textOf)).toEqual(['- one', '  two']);
  });
});
