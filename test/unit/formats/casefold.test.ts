import { expect, test } from 'vitest';
import { casefold, normalName } from '../../../src/formats/casefold.ts';
import { run } from '../../support/tools.ts';

interface Python {
  /** Code points that this Python's Unicode knows, in order. */
  readonly characters: readonly number[];
  readonly folded: readonly string[];
  /** What strip() takes away. */
  readonly blanks: readonly number[];
}

const python = (): Python =>
  JSON.parse(
    run('python3', [
      '-c',
      `
import json, unicodedata
known = [c for c in range(0x110000) if not 0xd800 <= c < 0xe000 and unicodedata.category(chr(c)) != 'Cn']
print(json.dumps({
    'characters': known,
    'folded': [chr(c).casefold() for c in known],
    'blanks': [c for c in known if ('x' + chr(c) + 'x').strip() == 'x' + chr(c) + 'x' and chr(c).strip() == ''],
}))`,
    ]),
  );

test('every character of Unicode folds as in Python', () => {
  const { characters, folded, blanks } = python();
  expect(characters.length).toBeGreaterThan(140_000);
  const different = characters.filter(
    (character, index) => casefold(String.fromCodePoint(character)) !== folded[index],
  );
  expect(different).toEqual([]);
  const stripped = characters.filter((character) => normalName(String.fromCodePoint(character)) === '');
  expect(stripped).toEqual(blanks);
});

test('names are compared as Home Assistant does', () => {
  expect(normalName('  Bob ')).toBe('bob');
  expect(normalName('\u00a0Bob\x1f')).toBe('bob');
  expect(normalName('STRASSE')).toBe(normalName('straße'));
  expect(normalName('ΟΔΥΣΣΕΥΣ')).toBe(normalName('οδυσσευς'));
  expect(normalName('Ali Veli')).toBe('ali veli');
  expect(normalName('ALI')).not.toBe(normalName('alı'));
  expect(normalName('\ufeffbob')).not.toBe('bob');
});
