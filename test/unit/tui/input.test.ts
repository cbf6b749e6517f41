import { describe, expect, test } from 'vitest';
import { feed, giveUpWaiting, type InputState, noInput, type Piece } from '../../../src/tui/kit/input.ts';

const esc = '\u001b';

/** What comes of reads from the terminal, one after another, and of waiting for more after the last. */
const read = (...chunks: readonly string[]): readonly Piece[] => {
  let state: InputState = noInput;
  const pieces: Piece[] = [];
  for (const chunk of chunks) {
    const [next, found] = feed(state, chunk);
    state = next;
    pieces.push(...found);
  }
  return [...pieces, ...giveUpWaiting(state)[1]];
};

const keys = (text: string): Piece => ({ kind: 'keys', text });
const pasted = (text: string): Piece => ({ kind: 'pasted', text });

describe('keys', () => {
  test('an arrow is one key, however its sequence is cut', () => {
    const arrow = `${esc}[B`;
    for (const cut of [[arrow], [esc, '[B'], [`${esc}[`, 'B'], [esc, '[', 'B']])
      expect(read(...cut)).toEqual([keys(arrow)]);
  });

  test.each([`${esc}[[B`, `${esc}[12~`, `${esc}OQ`, `${esc}[1;5A`, `${esc}[H`])(
    'so are function keys of every make: %j',
    (sequence) => {
      for (let at = 1; at < sequence.length; at += 1)
        expect(read(sequence.slice(0, at), sequence.slice(at))).toEqual([keys(sequence)]);
    },
  );

  test('Escape alone is Escape, once nothing more has come', () => {
    const [state, pieces] = feed(noInput, esc);
    expect(pieces).toEqual([]);
    expect(giveUpWaiting(state)).toEqual([noInput, [keys(esc)]]);
  });

  test('Escape twice is two keys', () => {
    expect(read(esc + esc)).toEqual([keys(esc), keys(esc)]);
  });

  test('a few letters that arrive together were typed', () => {
    expect(read('abc\r')).toEqual([keys('abc\r')]);
    expect(read(`a${esc}[Ab`)).toEqual([keys('a'), keys(`${esc}[A`), keys('b')]);
  });

  test('a held backspace is not a paste', () => {
    expect(read('\u007f'.repeat(100))).toEqual([keys('\u007f'.repeat(100))]);
  });
});

describe('pastes', () => {
  test('between the marks everything is text, line breaks and sequences too', () => {
    const text = `one\rtwo${esc}[B`;
    const marked = `${esc}[200~${text}${esc}[201~`;
    for (let at = 1; at < marked.length; at += 1)
      expect(read(`x${marked.slice(0, at)}`, `${marked.slice(at)}y`)).toEqual([keys('x'), pasted(text), keys('y')]);
  });

  test('without marks, more than anybody types at once is one', () => {
    const text = 'correct horse\rbattery staple\r';
    expect(read(text)).toEqual([pasted(text)]);
  });

  test('ten kilobytes arrive whole, and what is beyond all reason is cut', () => {
    const marked = (text: string) => [`${esc}[200~`, ...(text.match(/[\s\S]{1,4096}/g) ?? []), `${esc}[201~`];
    expect(read(...marked('x'.repeat(10_000)))).toEqual([pasted('x'.repeat(10_000))]);
    expect(read(...marked('x'.repeat(1_000_000)))[0]?.text.length).toBe(65_536);
  });
});
