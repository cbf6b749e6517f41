import { expect, test } from 'vitest';
import { parseLockedInodes } from '../../../src/formats/locks.ts';

test('the inodes that are locked, or waited for', () => {
  const text = `1: POSIX  ADVISORY  READ  5433 08:01:7864448 128 128
2: FLOCK  ADVISORY  WRITE 2001 08:01:7864554 0 EOF
2: -> FLOCK  ADVISORY  WRITE 2002 08:01:7864554 0 EOF
3: OFDLCK ADVISORY  READ  -1 fe:00:2154938 100 101
`;
  expect(parseLockedInodes(Buffer.from(text))).toEqual(new Set([7864448, 7864554, 2154938]));
  expect(parseLockedInodes(Buffer.from(''))).toEqual(new Set());
});
