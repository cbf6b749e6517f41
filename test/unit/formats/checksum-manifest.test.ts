import { expect, test } from 'vitest';
import { manifestComment, manifestLine, manifestName } from '../../../src/formats/checksum-manifest.ts';

const digest = 'a'.repeat(64);

test.each(['plain', 'two  blanks', 'new\nline', 'carriage\rreturn', 'back\\slash', '\\n', 'caf\xe9', '-rf'])(
  'the name %j comes back from its line',
  (name) => {
    const line = manifestLine(digest, name);
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(manifestName(line.slice(0, -1))).toBe(name);
  },
);

test('a name with a backslash is marked as GNU sha256sum marks it', () => {
  expect(manifestLine(digest, 'a\\b')).toBe(`\\${digest}  a\\\\b\n`);
});

test('a comment is one line, and no entry', () => {
  const comment = manifestComment('not hashed: a\nb');
  expect(comment).toBe('# not hashed: a\\nb\n');
  expect(manifestName(comment.slice(0, -1))).toBeUndefined();
});
