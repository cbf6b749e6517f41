import { readBytesAt } from './byte-reader.ts';
import { decryptCbc, measureCbc, opensCbc } from './securetar-cbc.ts';
import { SecureTarError } from './securetar-error.ts';
import type { SecureTarFile, SecureTarMeasure, SecureTarVersion } from './securetar-file.ts';
import type { SecureTarKey } from './securetar-key.ts';
import { decryptStream, measureStream, opensStream, streamSize } from './securetar-stream.ts';

/**
 * Home Assistant's encrypted archives (securetar). Version 1 is a salt and AES-128-CBC; 2 adds a start of 32 bytes with
 * the plain size; 3 is libsodium's: Argon2id, BLAKE2b and an XChaCha20-Poly1305 stream.
 */

/** So much of an archive's beginning is enough for opensSecureTar. */
export const securetarHeadBytes = 648;

const magic = Buffer.from('SecureTar');
/** Magic, version, six zeros, plain size, eight reserved bytes. */
const startBytes = 32;
const v1 = { version: 1, startBytes: 0, claimedBytes: undefined } as const;

/** Whether it is an archive of version 2 or later, by its first bytes; version 1 has nothing to be known by. */
export const isSecureTar = (head: Uint8Array): boolean => magic.equals(head.subarray(0, magic.length));

/** By its first bytes; undefined where it is newer than this program. */
export const versionOf = (head: Uint8Array): SecureTarVersion | undefined => {
  if (!isSecureTar(head)) return 1;
  const version = head[magic.length];
  return version === 2 || version === 3 ? version : undefined;
};

const startOf = (head: Uint8Array) => {
  const version = versionOf(head);
  if (version === undefined) throw new SecureTarError('unknown version');
  if (version === 1) return v1;
  if (head.length < startBytes) throw new SecureTarError('cut short');
  const claimedBytes = Number(new DataView(head.buffer, head.byteOffset).getBigUint64(16));
  return { version, startBytes, claimedBytes } as const;
};

const blockBytes = 16;

/** How long an archive is as a whole, by what it says at its beginning; undefined where it says nothing. */
export const sizeTold = (head: Uint8Array): number | undefined => {
  if (!isSecureTar(head) || head.length < startBytes || versionOf(head) === undefined) return undefined;
  const { version, claimedBytes = 0 } = startOf(head);
  // A Supervisor that was cut off has not come to write it.
  if (claimedBytes === 0) return undefined;
  if (version === 3) return startBytes + streamSize(claimedBytes);
  return startBytes + 2 * blockBytes + Math.floor(claimedBytes / blockBytes) * blockBytes;
};

/** Whether a key is the right one, by the first bytes alone. @throws SecureTarError unknown version, cut short */
export const opensSecureTar = async (head: Uint8Array, key: SecureTarKey): Promise<boolean> => {
  const start = startOf(head);
  const rest = head.subarray(start.startBytes);
  return start.version === 3 ? await opensStream(rest, key) : opensCbc(rest, key);
};

/**
 * Finds out how long the plain text is, and whether the archive agrees with itself. Versions 2 and 3 are read at both
 * ends; a gzip of version 1 is read whole, since only unpacking tells where it ends.
 * @throws SecureTarError
 */
export const measureSecureTar = async (file: SecureTarFile, key: SecureTarKey): Promise<SecureTarMeasure> => {
  const head = await readBytesAt(file.open, 0, securetarHeadBytes);
  const start = startOf(head);
  if (!(await opensSecureTar(head, key))) throw new SecureTarError('wrong-key');
  const body = {
    sizeBytes: file.sizeBytes - start.startBytes,
    open: (at: number) => file.open(start.startBytes + at),
  };
  const measured = start.version === 3 ? measureStream(body) : await measureCbc(body, key, start.claimedBytes);
  return { version: start.version, ...measured };
};

/** @throws SecureTarError where it is not what was measured */
export async function* decryptSecureTar(
  file: SecureTarFile,
  key: SecureTarKey,
  { version, plainBytes, end }: SecureTarMeasure,
): AsyncGenerator<Uint8Array> {
  const source = file.open(version === 1 ? 0 : startBytes);
  const plain = version === 3 ? decryptStream(source, key) : decryptCbc(source, key);
  let left = plainBytes - end.length;
  for await (const chunk of plain) {
    const part = chunk.subarray(0, left);
    left -= part.length;
    if (part.length > 0) yield part;
  }
  if (left > 0) throw new SecureTarError('cut short');
  if (end.length > 0) yield end;
}
