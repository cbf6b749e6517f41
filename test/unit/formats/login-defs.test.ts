import { expect, test } from 'vitest';
import { encodeBytes } from '../../../src/formats/bytes.ts';
import { parseLoginDefs } from '../../../src/formats/login-defs.ts';

const parse = (text: string) => parseLoginDefs(encodeBytes(text));
const defaults = { uidMin: 1000, uidMax: 60_000, encryptMethod: undefined };

test('settings stand after blanks or tabs, comments do not count, the last of two wins', () => {
  const text =
    '#UID_MIN 7\nUID_MIN\t\t\t 1000\n  UID_MAX 59999 # top\nUID_MIN 1001\r\nENCRYPT_METHOD  sha512\nSYS_UID_MIN 101\n';
  expect(parse(text)).toEqual({ uidMin: 1001, uidMax: 59_999, encryptMethod: 'SHA512' });
});

test('Red Hat 6 lets people begin at 500', () => {
  expect(parse('UID_MIN                   500\nUID_MAX                 60000\n').uidMin).toBe(500);
});

test('numbers as strtol takes them', () => {
  expect(parse('UID_MIN 0x3e8\nUID_MAX 0165140\n')).toMatchObject({ uidMin: 1000, uidMax: 60_000 });
});

test('a missing file or nonsense leaves shadow’s own defaults', () => {
  expect(parseLoginDefs(undefined)).toEqual(defaults);
  expect(parse('UID_MIN many\nUID_MAX -1\nENCRYPT_METHOD\n')).toEqual(defaults);
});
