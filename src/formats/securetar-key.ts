import { createHash } from 'node:crypto';

/** A password of backups, and what was made of it so far: the archives of one backup share the costly part. */
export interface SecureTarKey {
  readonly password: string;
  /** AES-128, versions 1 and 2. */
  readonly aes: Uint8Array;
  /** Version 3: made once for each root salt. */
  readonly roots: Map<string, Uint8Array>;
}

const rounds = 100;
const aesBytes = 16;

/** SHA-256, a hundred times over, of which the first half is taken. */
export const stretch = (bytes: Uint8Array): Uint8Array => {
  let digest = Buffer.from(bytes);
  for (let round = 0; round < rounds; round++) digest = createHash('sha256').update(digest).digest();
  return digest.subarray(0, aesBytes);
};

/** @param password as the person has it */
export const createSecureTarKey = (password: string): SecureTarKey => ({
  password,
  aes: stretch(Buffer.from(password)),
  roots: new Map(),
});
