import { expect, test } from 'vitest';
import { jsonDocument, jsonLine } from '../../../src/formats/json-text.ts';

const named = (name: string) => ({ name, list: [name] });

test.each([
  ['CSI in one byte, and DEL', '\x9b31m \x7f'],
  ['marks and overrides of direction', '\u202e\u2066\u200f\u061c'],
  ['tags, beyond the first plane', '\u{e0001}\u{e0041}\u{e007f}'],
  ['line and paragraph separators', '\u2028\u2029'],
  ['escapes and the ends of lines', '\x1b]0;x\x07\r\n'],
  ['bytes that are no text', 'a\udcff'],
  ['annotations and a soft hyphen', '\ufff9\ufffb\u00ad'],
])('%s reach no terminal, and whoever reads the JSON', (_, name) => {
  for (const text of [jsonLine(named(name)), jsonDocument(named(name))]) {
    expect(text.replaceAll('\n', '')).toMatch(/^[\x20-\x7e]*$/);
    expect(JSON.parse(text)).toEqual(named(name));
  }
});

test('what people write stays as it is', () => {
  const name = 'Zoë 日本 🗝️ "quoted" \\ déjà'.replace('\ufe0f', '');
  expect(jsonLine({ name })).toBe(JSON.stringify({ name }));
});
