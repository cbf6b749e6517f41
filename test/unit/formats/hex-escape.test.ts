import { expect, test } from 'vitest';
import { unescapeHex } from '../../../src/formats/hex-escape.ts';

test.each([
  ['plain é', 'plain é'],
  ['a\\x20b', 'a b'],
  ['\\xc3\\xa9', 'é'],
  ['é\\xff\\x0a', 'é\udcff\n'],
  ['\\x5cx41', '\\x41'],
  ['\\xc3', '\udcc3'],
  ['\\xZZ \\x4', '\\xZZ \\x4'],
])('%s', (escaped, text) => {
  expect(unescapeHex(escaped)).toBe(text);
});
