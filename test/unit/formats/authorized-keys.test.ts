import { describe, expect, test } from 'vitest';
import { standingOf, withAuthorizedKey } from '../../../src/formats/authorized-keys.ts';
import { parsePublicKey } from '../../../src/formats/public-key.ts';

/** Made once by `ssh-keygen -t ed25519`; its private half was thrown away. */
const line = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKjYTl4Jb4pYVvQmXoRkVb6sUu5sFhQkF8M5nTzjHcKd bob@laptop';
const other = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJx0lK3nL0rT4pUe0sFkS7i8GhVtQm2bWcYdNvEaZxQy eve';
const parsed = parsePublicKey(Buffer.from(line));
if ('flaw' in parsed) throw new Error(parsed.flaw);
const { key } = parsed;

const add = (content: string | Buffer): string =>
  Buffer.from(withAuthorizedKey(Buffer.from(content), key)).toString('latin1');

describe('a key is added', () => {
  test.each([
    ['to nothing', '', `${line}\n`],
    ['behind others', `${other}\n`, `${other}\n${line}\n`],
    ['on a line of its own', other, `${other}\n${line}\n`],
    ['once', `${other}\n${line}\n# end`, `${other}\n${line}\n# end`],
    ['once, whatever its comment', `${line.replace('bob@laptop', 'x')}\n`, `${line.replace('bob@laptop', 'x')}\n`],
    ['beside one that is commented out', `#${line}\n`, `#${line}\n${line}\n`],
    [
      'before a line that restricts it',
      `# a\nfrom="10.0.0.1" ${line}\n# b`,
      `# a\n${line}\nfrom="10.0.0.1" ${line}\n# b`,
    ],
    ['in the habit of nobody: CRLF stays', `${other}\r\n`, `${other}\r\n${line}\n`],
  ])('%s', (_, before, after) => {
    expect(add(before)).toBe(after);
    expect(add(after)).toBe(after);
  });

  test('every byte stays, whatever its encoding', () => {
    const bytes = Buffer.from([0xff, 0x00, 0x80, 0x0a, 0xe9]);
    expect(add(bytes)).toBe(`${bytes.toString('latin1')}\n${line}\n`);
  });
});

test('what a file says of a key', () => {
  const standing = (content: string) => standingOf(Buffer.from(content), key);
  expect(standing(`${other}\n  ${line}`)).toBe('open');
  expect(standing(`command="x" ${line}\n${line}`)).toBe('restricted');
  expect(standing(`${line}\ncommand="x" ${line}`)).toBe('open');
  expect(standing(`${line.replace('bob@laptop', '')}`)).toBe('open');
  expect(standing(line.replace('Kd ', 'KdAAAA '))).toBe('absent');
});
