/**
 * SHA-256-crypt and SHA-512-crypt, after Ulrich Drepper's "Unix crypt using SHA-256 and SHA-512": what glibc, musl,
 * BusyBox and libxcrypt all accept.
 */
import { hash, timingSafeEqual } from 'node:crypto';

export type ShaScheme = 'sha256crypt' | 'sha512crypt';

export interface ShaSettings {
  readonly scheme: ShaScheme;
  /** Up to 16 characters; crypt takes any but `$`, `:` and newline. */
  readonly salt: string;
  /** Written into the hash only where it is given; 5000 otherwise. */
  readonly rounds?: number;
}

interface Variant {
  readonly prefix: string;
  readonly algorithm: string;
  /** Which digest bytes stand together in the encoded hash; the specification's table. */
  readonly order: readonly (readonly number[])[];
}

type Triple = readonly [number, number, number];

const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const saltLimit = 16;
const defaultRounds = 5000;
const minRounds = 1000;
/** A hash on a stranger's disk may ask for hours of work: beyond some seconds of it, it is not verified. */
const maxRoundsVerified = 1_000_000;

/** The table's rule: each triple of byte indexes is the one before it, turned by a place, plus one. */
const triplesFrom = (first: Triple, turn: (triple: Triple) => Triple): readonly Triple[] => {
  const triples: Triple[] = [];
  let next = first;
  while (triples.length < first[1]) {
    triples.push(next);
    const [a, b, c] = turn(next);
    next = [a + 1, b + 1, c + 1];
  }
  return triples;
};

const variants: Record<ShaScheme, Variant> = {
  sha256crypt: {
    prefix: '$5$',
    algorithm: 'sha256',
    order: [...triplesFrom([0, 10, 20], ([a, b, c]) => [c, a, b]), [31, 30]],
  },
  sha512crypt: {
    prefix: '$6$',
    algorithm: 'sha512',
    order: [...triplesFrom([0, 21, 42], ([a, b, c]) => [b, c, a]), [63]],
  },
};

/** A salt of 16 characters, 96 bits, from 16 random bytes. */
export const shaSalt = (randomBytes: (count: number) => Uint8Array): string =>
  Array.from(randomBytes(saltLimit), (byte) => alphabet[byte % alphabet.length]).join('');

/** The hash as it stands in shadow: `$6$salt$…`. */
export const shaCrypt = (password: Uint8Array, { scheme, salt, rounds }: ShaSettings): string => {
  const { prefix } = variants[scheme];
  const shortSalt = salt.slice(0, saltLimit);
  const roundsDone = Math.max(rounds ?? defaultRounds, minRounds);
  const digest = stretch(password, Buffer.from(shortSalt), roundsDone, variants[scheme]);
  return `${prefix}${rounds === undefined ? '' : `rounds=${roundsDone}$`}${shortSalt}$${encode(digest, variants[scheme])}`;
};

/** Whether a `$5$` or `$6$` hash accepts the password; false for every other scheme. */
export const shaCryptAccepts = (password: Uint8Array, stored: string): boolean => {
  const [, digit, rounds, salt = ''] = /^\$([56])\$(?:rounds=(\d{1,9})\$)?([^$]{0,16})\$[^$]+$/.exec(stored) ?? [];
  if (digit === undefined || Number(rounds ?? 0) > maxRoundsVerified) return false;
  const scheme = digit === '5' ? 'sha256crypt' : 'sha512crypt';
  const computed = shaCrypt(password, { scheme, salt, ...(rounds === undefined ? {} : { rounds: Number(rounds) }) });
  return computed.length === stored.length && timingSafeEqual(Buffer.from(computed), Buffer.from(stored));
};

/** Steps 1 to 21 of the specification, which the names A, B, C, DP, DS, P and S are from. */
const stretch = (password: Uint8Array, salt: Uint8Array, rounds: number, { algorithm }: Variant): Buffer => {
  const digestOf = (parts: readonly Uint8Array[]) => hash(algorithm, Buffer.concat(parts), 'buffer');
  const b = digestOf([password, salt, password]);
  const lengthBits = [...password.length.toString(2)].reverse().filter(() => password.length > 0);
  const a = digestOf([
    password,
    salt,
    repeatTo(b, password.length),
    ...lengthBits.map((bit) => (bit === '1' ? b : password)),
  ]);
  const dp = digestOf(Array.from({ length: password.length }, () => password));
  const ds = digestOf(Array.from({ length: 16 + (a[0] ?? 0) }, () => salt));
  const p = repeatTo(dp, password.length);
  const s = repeatTo(ds, salt.length);
  let c = a;
  for (let round = 0; round < rounds; round++) {
    const isOdd = round % 2 === 1;
    const parts = [isOdd ? p : c];
    if (round % 3 !== 0) parts.push(s);
    if (round % 7 !== 0) parts.push(p);
    parts.push(isOdd ? c : p);
    c = digestOf(parts);
  }
  return c;
};

const repeatTo = (block: Uint8Array, length: number): Buffer => Buffer.alloc(length, block);

/** Six bits a character, lowest first. */
const encode = (digest: Uint8Array, { order }: Variant): string =>
  order
    .map((indexes) => {
      const bits = indexes.reduce((sum, index) => sum * 256 + (digest[index] ?? 0), 0);
      return Array.from({ length: indexes.length + 1 }, (_, place) => alphabet[(bits >> (6 * place)) & 63]).join('');
    })
    .join('');
