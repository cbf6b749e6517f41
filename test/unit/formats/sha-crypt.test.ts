import { expect, test } from 'vitest';
import { type ShaScheme, shaCrypt, shaCryptAccepts, shaSalt } from '../../../src/formats/sha-crypt.ts';
import { cryptAll } from '../../support/libcrypt.ts';
import { seededRandom } from '../../support/random.ts';

const schemes: readonly ShaScheme[] = ['sha256crypt', 'sha512crypt'];
const settingOf = (scheme: ShaScheme, salt: string, rounds?: number): string =>
  `${scheme === 'sha256crypt' ? '$5$' : '$6$'}${rounds === undefined ? '' : `rounds=${rounds}$`}${salt}`;

/** crypt(3) takes C strings: every byte but NUL. */
const passwordOf = (random: ReturnType<typeof seededRandom>, length: number) =>
  Uint8Array.from({ length }, () => 1 + random.below(255));

test.each(schemes)('%s: what libcrypt computes, for every length from 0 to 200', (scheme) => {
  const random = seededRandom(200);
  const cases = Array.from({ length: 201 }, (_, length) => ({
    password: passwordOf(random, length),
    salt: shaSalt(random.bytes).slice(0, random.below(17)),
    rounds: 1000 + random.below(50),
  }));
  const ours = cases.map(({ password, salt, rounds }) => shaCrypt(password, { scheme, salt, rounds }));
  const theirs = cryptAll(cases.map(({ password, salt, rounds }) => [password, settingOf(scheme, salt, rounds)]));
  expect(theirs).toHaveLength(201);
  expect(ours).toEqual(theirs);
});

test.each(schemes)('%s: what libcrypt computes, at the usual 5000 rounds and at others, for many salts', (scheme) => {
  const random = seededRandom(64);
  const cases = [undefined, undefined, 1000, 1001, 1042, 4999, 5000, 5001, 12_345].flatMap((rounds) =>
    [1, 63, 64, 65, 128, 192, 500].map((length) => ({
      password: passwordOf(random, length),
      salt: shaSalt(random.bytes).slice(random.below(4)),
      rounds,
    })),
  );
  const theirs = cryptAll(cases.map(({ password, salt, rounds }) => [password, settingOf(scheme, salt, rounds)]));
  const ours = cases.map(({ password, salt, rounds }) =>
    shaCrypt(password, { scheme, salt, ...(rounds === undefined ? {} : { rounds }) }),
  );
  expect(ours).toEqual(theirs);
  expect(cases.every(({ password }, index) => shaCryptAccepts(password, theirs[index] ?? ''))).toBe(true);
});

test('the specification’s own examples, with its long salt and its too few rounds', () => {
  const hash = (text: string, scheme: ShaScheme, salt: string, rounds?: number) =>
    shaCrypt(Buffer.from(text), { scheme, salt, ...(rounds === undefined ? {} : { rounds }) });
  expect(hash('Hello world!', 'sha256crypt', 'saltstring')).toBe(
    '$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5',
  );
  expect(hash('Hello world!', 'sha512crypt', 'saltstringsaltstring', 10_000)).toBe(
    '$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.',
  );
  expect(hash('the minimum number is still observed', 'sha512crypt', 'roundstoolow', 10)).toBe(
    '$6$rounds=1000$roundstoolow$kUMsbe306n21p9R.FRkW3IGn.S9NPN0x50YhH1xhLsPuWGsUSklZt58jaTfF4ZEQpyUNGc0dqbpBYYBaHHrsX.',
  );
});

test('another password, another hash, and other schemes are not accepted', () => {
  const password = Buffer.from('right');
  const hash = shaCrypt(password, { scheme: 'sha512crypt', salt: 'abcdefgh' });
  expect(shaCryptAccepts(password, hash)).toBe(true);
  expect(shaCryptAccepts(Buffer.from('wrong'), hash)).toBe(false);
  expect(shaCryptAccepts(Buffer.from('right '), hash)).toBe(false);
  expect(shaCryptAccepts(password, hash.slice(0, -1))).toBe(false);
  expect(shaCryptAccepts(password, `!${hash}`)).toBe(false);
  for (const stored of ['', 'x', '*', '!', '$6$', '$6$salt$', '$1$salt$abc', '$y$j9T$abc$def', 'rl0uE0wpfn8U.']) {
    expect(shaCryptAccepts(password, stored)).toBe(false);
  }
});

test('a hash that asks for hours of work is not waited for', () => {
  expect(shaCryptAccepts(Buffer.from('x'), `$6$rounds=999999999$salt$${'a'.repeat(86)}`)).toBe(false);
});

test('a salt has sixteen characters of crypt’s alphabet, each equally likely', () => {
  const salts = Array.from({ length: 16 }, (_, block) =>
    shaSalt((count) => Uint8Array.from({ length: count }, (_, index) => block * 16 + index)),
  );
  expect(salts.every((salt) => /^[./0-9A-Za-z]{16}$/.test(salt))).toBe(true);
  const counts = new Map(
    Map.groupBy(salts.join(''), (letter) => letter)
      .entries()
      .map(([letter, all]) => [letter, all.length]),
  );
  expect([...counts.values()]).toEqual(Array.from({ length: 64 }, () => 4));
});
