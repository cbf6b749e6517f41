import { expect, test } from 'vitest';
import { generatePassword } from '../../../src/formats/generated-password.ts';
import { passwordNotices } from '../../../src/formats/password-policy.ts';
import { Secret } from '../../../src/model/secret.ts';
import { seededRandom } from '../../support/random.ts';

const codes = (password: string, realm: 'linux' | 'home-assistant' = 'linux') =>
  passwordNotices(new Secret(password), realm).map(({ code }) => code);

test('a generated password has nothing against it', () => {
  const random = seededRandom(1);
  expect(codes(generatePassword(random.bytes), 'home-assistant')).toEqual([]);
});

test('short and common passwords are told of', () => {
  expect(codes('kjhgfds')).toEqual(['password-short']);
  expect(codes('kjhgfdsq')).toEqual([]);
  expect(codes('Raspberry')).toEqual(['password-common']);
  expect(codes('motdepasse')).toEqual(['password-common']);
  expect(codes('123456')).toEqual(['password-short', 'password-common']);
  expect(passwordNotices(new Secret('🔑🔑'), 'linux')[0]).toEqual({ code: 'password-short', details: { length: 2 } });
});

test('what another keyboard may not give is told of, and blanks at the ends', () => {
  expect(codes('mot de passé')).toEqual(['password-non-ascii']);
  expect(codes('tab\there!')).toEqual(['password-non-ascii']);
  expect(codes('long enough ')).toEqual(['password-padded']);
  expect(codes(' long enough')).toEqual(['password-padded']);
});

test('bytes beyond the 72nd matter to Home Assistant only', () => {
  expect(codes('k'.repeat(72), 'home-assistant')).toEqual([]);
  expect(codes('k'.repeat(73), 'home-assistant')).toEqual(['password-beyond-72-bytes']);
  expect(codes('é'.repeat(37), 'home-assistant')).toContain('password-beyond-72-bytes');
  expect(codes('k'.repeat(73), 'linux')).toEqual([]);
});

test('no notice holds the password', () => {
  const password = 'Canary-é ';
  expect(JSON.stringify(passwordNotices(new Secret(password), 'home-assistant'))).not.toContain('Canary');
});
