import { expect, test } from 'vitest';
import { matchesPathGlob } from '../../../src/formats/path-glob.ts';

// As Python's glob and the C library's fnmatch(3) with FNM_PERIOD have it.
test.each([
  ['50-cloud-init.conf', '*.conf', true],
  ['.hidden.conf', '*.conf', false],
  ['.hidden.conf', '.*.conf', true],
  ['.hidden.conf', '[.]*', false],
  ['a1', '?[0-9]', true],
  ['ab', 'a[!b]', false],
  ['ac', 'a[^b]', true],
  ['a]', 'a[]x]', true],
  ['a-', 'a[x-]', true],
  ['aZ', 'a[[:upper:]]', true],
  ['az', 'a[[:upper:]]', false],
  ['a*b', 'a\\*b', true],
  ['aXb', 'a\\*b', false],
  ['a[b', 'a[b', true],
  ['', '*', true],
  [`${'a'.repeat(200)}b`, `${'*a'.repeat(100)}c`, false],
])('%s and %s: %s', (name, pattern, fits) => {
  expect(matchesPathGlob(name, pattern)).toBe(fits);
});
