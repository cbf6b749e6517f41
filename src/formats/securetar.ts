import { createDecipheriv, createHash } from 'node:crypto';
import { type ByteReader, createByteReader } from './byte-reader.ts';
import { isTarStart } from './tar.ts';

/**
 * Home Assistant's encrypted archives (securetar). Version 1 is a salt and AES-128-CBC; 2 adds a start of 32 bytes with
 * the plain size; 3 is libsodium's: Argon2id, BLAKE2b and an XChaCha20-Poly1305 stream.
 */

/** Why an archive does not open. */
export class SecureTarError extends Error {
  readonly reason: 'wrong-key' | 'cut short' | 'unknown version';

  constructor(reason: SecureTarError['reason']) {
    super(reason);
    this.reason = reason;
  }
}

/** An archive that was opened. */
export interface OpenedSecureTar {
  readonly version: 1 | 2 | 3;
  /** Known beforehand in versions 2 and 3. */
  readonly plainBytes: number | undefined;
  /** @throws SecureTarError */
  readonly content: AsyncGenerator<Uint8Array>;
}

const magic = Buffer.from('SecureTar');
const startBytes = 32;
const saltBytes = 16;
const blockBytes = 512;
const rounds = 100;

/** Whether it is an archive of version 2 or later, by its first bytes; version 1 has nothing to be known by. */
export const isSecureTar = (first: Uint8Array): boolean => magic.equals(first.subarray(0, magic.length));

/** @throws SecureTarError wrong-key, cut short, unknown version */
export const openSecureTar = async (source: AsyncIterable<Uint8Array>, password: string): Promise<OpenedSecureTar> => {
  const reader = createByteReader(source);
  const first = await readExactly(reader, saltBytes);
  if (!isSecureTar(first)) return { version: 1, plainBytes: undefined, content: decryptCbc(reader, first, password) };
  const rest = await readExactly(reader, startBytes - saltBytes);
  const plainBytes = Number(new DataView(rest.buffer, rest.byteOffset).getBigUint64(0));
  const version = first[magic.length];
  if (version === 2) {
    const salt = await readExactly(reader, saltBytes);
    return { version, plainBytes, content: decryptCbc(reader, salt, password, plainBytes) };
  }
  if (version !== 3) throw new SecureTarError('unknown version');
  return { version, plainBytes, content: await openStream(reader, password, plainBytes) };
};

const readExactly = async (reader: ByteReader, count: number): Promise<Uint8Array> => {
  const bytes = await reader.read(count);
  if (bytes.length < count) throw new SecureTarError('cut short');
  return bytes;
};

const stretch = (bytes: Uint8Array): Buffer => {
  let digest = Buffer.from(bytes);
  for (let round = 0; round < rounds; round++) digest = createHash('sha256').update(digest).digest();
  return digest.subarray(0, saltBytes);
};

const restOfSource = Number.MAX_SAFE_INTEGER;

/** Where the size is known the plain text is cut to it; else the last byte says how much padding there is (PKCS #7). */
async function* decryptCbc(
  reader: ByteReader,
  salt: Uint8Array,
  password: string,
  plainBytes?: number,
): AsyncGenerator<Uint8Array> {
  const key = stretch(Buffer.from(password));
  const cipher = createDecipheriv('aes-128-cbc', key, stretch(Buffer.concat([key, salt]))).setAutoPadding(false);
  const first = await reader.read(blockBytes);
  const firstPlain = cipher.update(first);
  if (first.length >= saltBytes && !isArchive(firstPlain)) throw new SecureTarError('wrong-key');
  let given = 0;
  let held = firstPlain;
  let cipherBytes = first.length;
  for await (const chunk of reader.take(restOfSource)) {
    cipherBytes += chunk.length;
    const plain = Buffer.concat([held, cipher.update(chunk)]);
    const keep = Math.min(plain.length, saltBytes);
    held = plain.subarray(plain.length - keep);
    const part = plain.subarray(0, plain.length - keep).subarray(0, (plainBytes ?? Infinity) - given);
    given += part.length;
    if (part.length > 0) yield part;
  }
  if (cipherBytes === 0 || cipherBytes % saltBytes !== 0) throw new SecureTarError('cut short');
  const padding = held.at(-1) ?? 0;
  const isPadded = padding > 0 && padding <= saltBytes && held.subarray(-padding).every((byte) => byte === padding);
  if (plainBytes === undefined && !isPadded) throw new SecureTarError('cut short');
  const last =
    plainBytes === undefined ? held.subarray(0, held.length - padding) : held.subarray(0, plainBytes - given);
  given += last.length;
  if (last.length > 0) yield last;
  if (plainBytes !== undefined && given < plainBytes) throw new SecureTarError('cut short');
}

/**
 * What is inside is a gzip (RFC 1952, 2.3.1: magic, deflate, no reserved flag) or a tar. CBC opens with any key, and
 * gives noise: about one noise in a hundred million looks like either.
 */
const isArchive = (plain: Uint8Array): boolean => {
  const isGzip = plain[0] === 0x1f && plain[1] === 0x8b && plain[2] === 8 && ((plain[3] ?? 0xff) & 0xe0) === 0;
  return isGzip || isTarStart(plain);
};

const personalisation = Buffer.from('SecureTarv3\0\0\0\0\0');
const chunkBytes = 1024 * 1024;
const tagBytes = 17;

/** Version 3. The password is checked before the first byte of content. */
const openStream = async (reader: ByteReader, password: string, plainBytes: number) => {
  // Large, and needed by few: loaded when it is.
  const { default: sodium } = await import('libsodium-wrappers-sumo');
  await sodium.ready;
  const rootSalt = await readExactly(reader, 16);
  const validationSalt = await readExactly(reader, 16);
  const validationKey = await readExactly(reader, 32);
  const derivationSalt = await readExactly(reader, 16);
  const streamHeader = await readExactly(reader, 24);
  const argon2id = sodium.crypto_pwhash_ALG_ARGON2ID13;
  const root = sodium.crypto_pwhash(32, password, rootSalt, 8, 16 * 1024 * 1024, argon2id);
  const derive = (salt: Uint8Array) => sodium.crypto_generichash_blake2b_salt_personal(32, root, salt, personalisation);
  if (!sodium.memcmp(derive(validationSalt), validationKey)) throw new SecureTarError('wrong-key');
  const state = sodium.crypto_secretstream_xchacha20poly1305_init_pull(streamHeader, derive(derivationSalt));

  return (async function* (): AsyncGenerator<Uint8Array> {
    let given = 0;
    for (;;) {
      const chunk = await reader.read(chunkBytes + tagBytes);
      const pulled = chunk.length >= tagBytes && sodium.crypto_secretstream_xchacha20poly1305_pull(state, chunk, null);
      if (!pulled) throw new SecureTarError('cut short');
      given += pulled.message.length;
      yield pulled.message;
      if (pulled.tag === sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL) break;
    }
    if (given !== plainBytes) throw new SecureTarError('cut short');
  })();
};
