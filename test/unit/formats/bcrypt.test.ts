import { expect, test } from 'vitest';
import { bcryptAccepts, bcryptHash } from '../../../src/formats/bcrypt.ts';
import { crypt, cryptAll } from '../../support/libcrypt.ts';
import { seededRandom } from '../../support/random.ts';

const random = seededRandom(72);
/** What Home Assistant hashes: password.encode()[:72]. */
const cut = (password: string): Uint8Array => Buffer.from(password).subarray(0, 72);

test('libcrypt takes our hash for the password, and its own hash is ours', async () => {
  const passwords = ['a', 'correct horse battery staple', 'naïve café ☕', '🔑'.repeat(3), 'x'.repeat(71)];
  for (const password of passwords) {
    const hash = await bcryptHash(password, random.bytes);
    expect(hash).toMatch(/^\$2b\$12\$[./0-9A-Za-z]{53}$/);
    expect(crypt(password, hash)).toBe(hash);
    expect(crypt(`${password}?`, hash)).not.toBe(hash);
  }
});

test('only the first 72 bytes count, even where they end in the middle of a character', async () => {
  // Two, three and four bytes a character, each cut after its first, second and third byte.
  const passwords = ['é', '☕', '🔑'].flatMap((character) =>
    [69, 70, 71, 72].map((before) => `${'p'.repeat(before)}${character}${character}tail`),
  );
  const settings = passwords.map((_, index) => `$2b$04$${String.fromCharCode(65 + index).repeat(21)}u`);
  const theirs = cryptAll(passwords.map((password, index) => [cut(password), settings[index] ?? '']));
  const accepted = await Promise.all(passwords.map((password, index) => bcryptAccepts(password, theirs[index] ?? '')));
  expect(accepted).toEqual(passwords.map(() => true));
  const changed = await Promise.all(
    passwords.map((password, index) => bcryptAccepts(`q${password.slice(1)}`, theirs[index] ?? '')),
  );
  expect(changed).toEqual(passwords.map(() => false));
});

test('a hash of ours that was cut in the middle of a character opens with the bytes that Home Assistant compares', async () => {
  const password = `${'p'.repeat(70)}🔑🔑`;
  const hash = await bcryptHash(password, random.bytes);
  expect(cryptAll([[cut(password), hash]])).toEqual([hash]);
});

test('every generation is accepted, foreign and absurd hashes are not', async () => {
  const ofGeneration = (letter: string) => crypt('old', `$2${letter}$05$${'k'.repeat(21)}u`);
  for (const letter of ['a', 'b', 'y']) expect(await bcryptAccepts('old', ofGeneration(letter))).toBe(true);
  const refused = [
    '',
    'old',
    '$6$salt$hash',
    `$2b$31$${'k'.repeat(53)}`,
    `$2b$03$${'k'.repeat(53)}`,
    `${ofGeneration('b')}x`,
  ];
  for (const stored of refused) expect(await bcryptAccepts('old', stored)).toBe(false);
});
