import { expect, test } from 'vitest';
import { type FileLock, parseLockedInodes } from '../../../src/formats/locks.ts';

test('the inodes that are locked, or waited for', () => {
  const text = `1: POSIX  ADVISORY  READ  5433 08:01:7864448 128 128
2: FLOCK  ADVISORY  WRITE 2001 08:01:7864554 0 EOF
2: -> FLOCK  ADVISORY  WRITE 2002 08:01:7864554 0 EOF
3: OFDLCK ADVISORY  READ  -1 fe:00:2154938 100 101
`;
  expect(parseLockedInodes(Buffer.from(text))).toEqual(new Set([7864448, 7864554, 2154938]));
  expect(parseLockedInodes(Buffer.from(''))).toEqual(new Set());
});

test('those of one kind', () => {
  const text =
    '1: FLOCK  ADVISORY  WRITE 2001 08:01:11 0 EOF\n2: FLOCK  ADVISORY  READ  2001 08:01:12 0 EOF\n3: POSIX  ADVISORY  WRITE 1 08:01:13 0 EOF\n';
  const isWriter = ({ kind, mode }: FileLock) => kind === 'FLOCK' && mode === 'WRITE';
  expect(parseLockedInodes(Buffer.from(text), isWriter)).toEqual(new Set([11]));
});
