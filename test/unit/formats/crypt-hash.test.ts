import { describe, expect, test } from 'vitest';
import { cryptScheme } from '../../../src/formats/crypt-hash.ts';

const sha512 = `$6$saltsalt$${'a'.repeat(86)}`;

describe('cryptScheme', () => {
  test.each([
    [sha512, 'sha512crypt'],
    [`$6$rounds=656000$saltsalt$${'a'.repeat(86)}`, 'sha512crypt'],
    [`$5$saltsalt$${'a'.repeat(43)}`, 'sha256crypt'],
    [`$2b$12$${'a'.repeat(53)}`, 'bcrypt'],
    [`$2y$12$${'a'.repeat(53)}`, 'bcrypt'],
    [`$y$j9T$saltsalt$${'a'.repeat(43)}`, 'yescrypt'],
  ])('%s is %s', (hash, scheme) => {
    expect(cryptScheme(hash)).toBe(scheme);
  });

  test.each([
    sha512.slice(0, -1),
    `${sha512}a`,
    `${sha512}\n`,
    `!${sha512}`,
    `${sha512}:0:99999`,
    `$2b$12$${'a'.repeat(52)}`,
    '$6$',
    '*',
    'x',
    '',
    'secret password',
    `$6$saltsält$${'a'.repeat(86)}`,
  ])('%j is no hash', (hash) => {
    expect(cryptScheme(hash)).toBeUndefined();
  });
});
