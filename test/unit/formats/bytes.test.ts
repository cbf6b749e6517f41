import { expect, test } from 'vitest';
import { decodeBytes, encodeBytes, showable } from '../../../src/formats/bytes.ts';
import { seededRandom } from '../../support/random.ts';
import { run } from '../../support/tools.ts';

/** Python's own reading of many byte strings, as UTF-16 code units in hexadecimal. */
const python = (all: readonly Uint8Array[]): readonly string[] => {
  const script = [
    'import sys',
    'for line in sys.stdin:',
    '    text = bytes.fromhex(line.strip()).decode("utf-8", "surrogateescape")',
    '    print(text.encode("utf-16-be", "surrogatepass").hex())',
  ].join('\n');
  const input = all.map((bytes) => `${Buffer.from(bytes).toString('hex')}\n`).join('');
  return run('python3', ['-c', script], input).split('\n').slice(0, -1);
};

const ours = (bytes: Uint8Array): string => Buffer.from(decodeBytes(bytes), 'utf16le').swap16().toString('hex');

test('bytes come in as with Python’s surrogateescape, and go out as they were', () => {
  const random = seededRandom(383);
  // Bytes at the edges of what UTF-8 allows, which random ones seldom hit.
  const edges = [
    0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5,
    0xff,
  ] as const;
  const pairs = Array.from({ length: 0x10000 }, (_, pair) => Uint8Array.of(pair >> 8, pair & 0xff));
  const others = Array.from({ length: 20_000 }, () =>
    Uint8Array.from({ length: random.below(9) }, () => random.pick(edges)),
  );
  const all = [...pairs, ...others];
  const theirs = python(all);
  expect(theirs).toHaveLength(all.length);
  expect(all.filter((bytes, index) => ours(bytes) !== theirs[index])).toEqual([]);
  expect(all.filter((bytes) => !Buffer.from(encodeBytes(decodeBytes(bytes))).equals(bytes))).toEqual([]);
});

test('nothing that is shown moves the cursor, hides, or turns the direction: Python’s character database judges', () => {
  const judge = [
    'import sys, unicodedata',
    'hidden = {"Cc", "Cf", "Zl", "Zp"}',
    'print(" ".join(str(c) for c in range(0x110000) if unicodedata.category(chr(c)) in hidden))',
  ].join('\n');
  const hidden = run('python3', ['-c', judge]).trim().split(' ').map(Number);
  expect(hidden.length).toBeGreaterThan(200);
  const shown = hidden.filter((code) => showable(String.fromCodePoint(code)) === String.fromCodePoint(code));
  expect(shown).toEqual([]);
  expect(showable('\u001b[2J\u009b\u202e\u{e0041}\udce9')).toBe('\\x1b[2J\\x9b\\u202e\\u{e0041}\\xe9');
  expect(showable('Zoë, 你好, naïve “quotes” — ☃ 😀')).toBe('Zoë, 你好, naïve “quotes” — ☃ 😀');
});
