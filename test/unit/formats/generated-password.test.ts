import { expect, test } from 'vitest';
import { generatePassword, safeLetters } from '../../../src/formats/generated-password.ts';

/** Keys from left to right, unshifted, as xkb-data's symbols us, de, fr, be and ch have them (letter rows only). */
const keyboards = {
  qwerty: ['qwertyuiop[]', "asdfghjkl;'", 'zxcvbnm,./'],
  qwertz: ['qwertzuiopü+', 'asdfghjklöä', 'yxcvbnm,.-'],
  azerty: ['azertyuiop^$', 'qsdfghjklmù', 'wxcvbn,;:!'],
  belgian: ['azertyuiop^$', 'qsdfghjklmù', 'wxcvbn,;:='],
  swiss: ['qwertzuiopü¨', 'asdfghjklöä', 'yxcvbnm,.-'],
} as const;

const keysOf = (rows: readonly string[]) =>
  new Map(
    rows.flatMap((row, rowIndex) => Array.from(row, (letter, column) => [letter, `${rowIndex}:${column}`] as const)),
  );

test('each letter is on the same key of every keyboard', () => {
  const all = Object.values(keyboards).map(keysOf);
  const onSameKey = [...'abcdefghijklmnopqrstuvwxyz'].filter(
    (letter) => new Set(all.map((keys) => keys.get(letter))).size === 1,
  );
  expect(onSameKey.join('')).toBe('bcdefghijklnoprstuvx');
  for (const letter of safeLetters) expect(onSameKey).toContain(letter);
});

test('no letter is taken for another by eye', () => {
  expect(safeLetters).not.toMatch(/[ilv]/);
  expect(new Set(safeLetters).size).toBe(16);
});

test('sixteen letters carry all 64 bits, none likelier than another', () => {
  const passwordOf = (bytes: readonly number[]) =>
    generatePassword((count) => Uint8Array.from({ length: count }, (_, index) => bytes[index] ?? 0));
  expect(passwordOf([0, 0, 0, 0, 0, 0, 0, 0])).toBe('bbbbbbbbbbbbbbbb');
  expect(passwordOf([0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef])).toBe(safeLetters);
  const pairs = new Set(Array.from({ length: 256 }, (_, byte) => passwordOf([byte]).slice(0, 2)));
  expect(pairs.size).toBe(256);
});
