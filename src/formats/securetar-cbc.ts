import { createDecipheriv, type Decipheriv } from 'node:crypto';
import { createByteReader, readBytesAt } from './byte-reader.ts';
import { isGzipStart, measureGzip } from './gzip.ts';
import { SecureTarError } from './securetar-error.ts';
import type { SecureTarFile, SecureTarMeasure } from './securetar-file.ts';
import { type SecureTarKey, stretch } from './securetar-key.ts';
import { headerBytes, isTarStart } from './tar-header.ts';

/** Versions 1 and 2: a salt, and AES-128-CBC. Nothing in it proves that the key is right, or the content whole. */

const blockBytes = 16;
const none = new Uint8Array();

const decipherFrom = (salt: Uint8Array, { aes }: SecureTarKey): Decipheriv =>
  createDecipheriv('aes-128-cbc', aes, stretch(Buffer.concat([aes, salt]))).setAutoPadding(false);

/**
 * Whether a plain archive begins with these bytes, a gzip or a tar. CBC opens with any key, and gives noise: about one
 * noise in a hundred million looks like either.
 */
export const isArchiveStart = (plain: Uint8Array): boolean => isGzipStart(plain) || isTarStart(plain);

/** What the first blocks come to. @param body from the salt on */
const headOf = (body: Uint8Array, key: SecureTarKey): Uint8Array => {
  const blocks = body.subarray(blockBytes, blockBytes + headerBytes);
  if (blocks.length < blockBytes) throw new SecureTarError('cut short');
  return decipherFrom(body.subarray(0, blockBytes), key).update(blocks);
};

/** @param body from the salt on. @throws SecureTarError cut short */
export const opensCbc = (body: Uint8Array, key: SecureTarKey): boolean => isArchiveStart(headOf(body, key));

/** @throws SecureTarError cut short */
export async function* decryptCbc(body: AsyncIterable<Uint8Array>, key: SecureTarKey): AsyncGenerator<Uint8Array> {
  const reader = createByteReader(body);
  try {
    const salt = await reader.read(blockBytes);
    if (salt.length < blockBytes) throw new SecureTarError('cut short');
    const decipher = decipherFrom(salt, key);
    for await (const chunk of reader.take(Number.MAX_SAFE_INTEGER)) yield decipher.update(chunk);
  } finally {
    await reader.close();
  }
}

type Measured = Pick<SecureTarMeasure, 'plainBytes' | 'end'>;

/**
 * @param body from the salt on
 * @param claimedBytes what version 2 says of itself
 */
export const measureCbc = async (
  body: SecureTarFile,
  key: SecureTarKey,
  claimedBytes: number | undefined,
): Promise<Measured> => {
  const cipherBytes = body.sizeBytes - blockBytes;
  if (cipherBytes < blockBytes || cipherBytes % blockBytes !== 0) throw new SecureTarError('cut short');
  const isGzip = isGzipStart(headOf(await readBytesAt(body.open, 0, blockBytes + headerBytes), key));
  const last = await lastBlockOf(body, key);
  const paddingBytes = paddingIn(last);
  if (claimedBytes === undefined)
    return isGzip ? await measureLegacyGzip(body, key, cipherBytes) : measureTar(last, cipherBytes);
  if (paddingBytes === undefined) throw new SecureTarError('cut short');
  const plainBytes = cipherBytes - paddingBytes;
  if (claimedBytes > plainBytes) throw new SecureTarError('cut short');
  // Releases up to 2025.2.1 took the whole last block for padding, and claim up to 15 bytes too few; their own reader
  // goes by the padding. One that claims far less says nothing true: then the content must prove where it ends.
  if (plainBytes - claimedBytes < blockBytes) return { plainBytes, end: none };
  const proved = isGzip ? await measureLegacyGzip(body, key, cipherBytes) : measureTar(last, cipherBytes);
  if (proved.plainBytes !== plainBytes) throw new SecureTarError('damaged');
  return proved;
};

/** Any block is decrypted with the one before it; the first, with the salt. */
const lastBlockOf = async (body: SecureTarFile, key: SecureTarKey): Promise<Uint8Array> => {
  const end = await readBytesAt(body.open, body.sizeBytes - 2 * blockBytes, 2 * blockBytes);
  const [before, last] = [end.subarray(0, blockBytes), end.subarray(blockBytes)];
  if (last.length < blockBytes) throw new SecureTarError('cut short');
  const isOnly = body.sizeBytes === 2 * blockBytes;
  const decipher = isOnly ? decipherFrom(before, key) : createDecipheriv('aes-128-cbc', key.aes, before);
  return decipher.setAutoPadding(false).update(last);
};

/** How much of a last block is padding (PKCS #7: n bytes of the value n); undefined where it is none. */
const paddingIn = (last: Uint8Array): number | undefined => {
  const paddingBytes = last.at(-1) ?? 0;
  const isPadded = paddingBytes > 0 && paddingBytes <= blockBytes && isFilledWith(last.subarray(-paddingBytes));
  return isPadded ? paddingBytes : undefined;
};

const isFilledWith = (bytes: Uint8Array, value = bytes[0]): boolean => bytes.every((byte) => byte === value);

/** A tar has whole blocks of 512 and ends with zeros; securetar up to 2024.11 did not pad what needs no padding. */
const measureTar = (last: Uint8Array, cipherBytes: number): Measured => {
  const plainBytes = paddingIn(last) === blockBytes ? cipherBytes - blockBytes : cipherBytes;
  const isWhole = plainBytes % headerBytes === 0 && (plainBytes < cipherBytes || isFilledWith(last, 0));
  if (!isWhole) throw new SecureTarError('cut short');
  return { plainBytes, end: none };
};

/**
 * securetar up to 2024.11 padded each piece that tarfile wrote, unless it was a multiple of 16: the compressed data, then
 * the footer's sum, then its size. Where the data end, only unpacking tells: their last bytes may look like padding.
 */
const measureLegacyGzip = async (body: SecureTarFile, key: SecureTarKey, cipherBytes: number): Promise<Measured> => {
  const { dataBytes, footer, rest } = await measureGzip(decryptCbc(body.open(0), key)).catch((error: unknown) => {
    if (!(error instanceof RangeError)) throw error;
    throw new SecureTarError(error.message === 'cut short' ? 'cut short' : 'damaged', { cause: error });
  });
  if (dataBytes + rest.length !== cipherBytes) throw new SecureTarError('damaged');
  const pieces = [footer.subarray(0, 4), footer.subarray(4)].map((piece) => padded(piece));
  const legacy = Buffer.concat(pieces);
  const gapBytes = (blockBytes - (dataBytes % blockBytes)) % blockBytes;
  const isLegacy =
    rest.length === gapBytes + legacy.length &&
    isFilledWith(rest.subarray(0, gapBytes), gapBytes) &&
    legacy.equals(rest.subarray(gapBytes));
  const isPlain = footer.every((byte, index) => byte === rest[index]) && isPadding(rest.subarray(footer.length));
  if (!isLegacy && !isPlain) throw new SecureTarError(rest.length < footer.length ? 'cut short' : 'damaged');
  return { plainBytes: dataBytes + footer.length, end: footer };
};

const padded = (piece: Uint8Array): Uint8Array => {
  const paddingBytes = blockBytes - (piece.length % blockBytes);
  return Buffer.concat([piece, new Uint8Array(paddingBytes).fill(paddingBytes)]);
};

const isPadding = (bytes: Uint8Array): boolean =>
  bytes.length === 0 || (bytes.length <= blockBytes && isFilledWith(bytes, bytes.length));
