import { createByteReader } from './byte-reader.ts';
import { SecureTarError } from './securetar-error.ts';
import type { SecureTarFile, SecureTarMeasure } from './securetar-file.ts';
import type { SecureTarKey } from './securetar-key.ts';

/** Version 3. The password is checked before the first byte of content, and every chunk has its own proof. */

const personalisation = Buffer.from('SecureTarv3\0\0\0\0\0');
const chunkBytes = 1024 * 1024;
const tagBytes = 17;
/** Root salt 16, validation salt 16, validation key 32, derivation salt 16, stream header 24. */
const headBytes = 104;

/** Large, and needed by few: loaded when it is. */
const loadSodium = async () => {
  const { default: sodium } = await import('libsodium-wrappers-sumo');
  await sodium.ready;
  return sodium;
};

const readHead = async (body: Uint8Array, key: SecureTarKey) => {
  if (body.length < headBytes) throw new SecureTarError('cut short');
  const sodium = await loadSodium();
  const rootSalt = body.subarray(0, 16);
  const name = Buffer.from(rootSalt).toString('hex');
  const argon2id = sodium.crypto_pwhash_ALG_ARGON2ID13;
  const root = key.roots.get(name) ?? sodium.crypto_pwhash(32, key.password, rootSalt, 8, 16 * 1024 * 1024, argon2id);
  key.roots.set(name, root);
  const derive = (salt: Uint8Array) => sodium.crypto_generichash_blake2b_salt_personal(32, root, salt, personalisation);
  const opens = sodium.memcmp(derive(body.subarray(16, 32)), body.subarray(32, 64));
  return { sodium, opens, key: derive(body.subarray(64, 80)), header: body.subarray(80, headBytes) };
};

/** @param body from the root salt on. @throws SecureTarError cut short */
export const opensStream = async (body: Uint8Array, key: SecureTarKey): Promise<boolean> =>
  (await readHead(body, key)).opens;

/** By the length of the stream; what the archive says of itself is not proved, and the end of the stream is. */
export const measureStream = ({ sizeBytes }: SecureTarFile): Pick<SecureTarMeasure, 'plainBytes' | 'end'> => {
  const streamBytes = sizeBytes - headBytes;
  const chunks = Math.ceil(streamBytes / (chunkBytes + tagBytes));
  if (streamBytes - chunks * tagBytes < 0 || chunks < 1) throw new SecureTarError('cut short');
  return { plainBytes: streamBytes - chunks * tagBytes, end: new Uint8Array() };
};

/** How long it is, from the root salt on, for a plain text of that size. */
export const streamSize = (plainBytes: number): number =>
  headBytes + plainBytes + tagBytes * Math.max(1, Math.ceil(plainBytes / chunkBytes));

/** @throws SecureTarError cut short, damaged, wrong-key */
export async function* decryptStream(body: AsyncIterable<Uint8Array>, key: SecureTarKey): AsyncGenerator<Uint8Array> {
  const reader = createByteReader(body);
  try {
    const { sodium, opens, key: streamKey, header } = await readHead(await reader.read(headBytes), key);
    if (!opens) throw new SecureTarError('wrong-key');
    const state = sodium.crypto_secretstream_xchacha20poly1305_init_pull(header, streamKey);
    for (;;) {
      const chunk = await reader.read(chunkBytes + tagBytes);
      if (chunk.length < tagBytes) throw new SecureTarError('cut short');
      const pulled = sodium.crypto_secretstream_xchacha20poly1305_pull(state, chunk, null);
      // The last chunk of a stream that was cut is a short one, and fails its proof too.
      if (!pulled) throw new SecureTarError(chunk.length < chunkBytes + tagBytes ? 'cut short' : 'damaged');
      yield pulled.message;
      if (pulled.tag === sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL) return;
    }
  } finally {
    await reader.close();
  }
}
