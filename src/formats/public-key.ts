import { createHash } from 'node:crypto';
import type { PublicKey, PublicKeyFlaw } from '../model/public-key.ts';

export type ParsedPublicKey = { readonly key: PublicKey } | { readonly flaw: PublicKeyFlaw };

/** sshd(8) reads lines up to 8 kB and blobs up to SSH_MAX_PUBKEY_BYTES (16 kB); a file with a key is far smaller. */
export const longestPublicKeyBytes = 64 * 1024;

/**
 * The one key in a file or in pasted text. Byte order marks, UTF-16 (Windows PowerShell's `>`), CRLF, blanks, empty
 * lines and comments are taken off.
 */
export const parsePublicKey = (bytes: Uint8Array): ParsedPublicKey => {
  if (bytes.length > longestPublicKeyBytes) return { flaw: 'too-large' };
  const text = decodeText(bytes);
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----|^PuTTY-User-Key-File-\d/m.test(text)) return { flaw: 'private-key' };
  if (/^---- BEGIN SSH2 PUBLIC KEY ----|^-----BEGIN [A-Z0-9 ]*PUBLIC KEY-----/m.test(text))
    return { flaw: 'other-format' };
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim());
  const [line, ...others] = lines.filter((each) => each !== '' && !each.startsWith('#'));
  if (line === undefined) return { flaw: 'no-key' };
  const parsed = parseKeyLine(line);
  // The rest of a key that a terminal or a mail program broke over lines is no key.
  if (others.length > 0 && 'key' in parsed) return { flaw: others.some(startsLikeKey) ? 'several' : 'damaged' };
  return parsed;
};

const decodeText = (bytes: Uint8Array): string => {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return new TextDecoder().decode(bytes);
};

/** What each algorithm's key is made of, behind its name (RFC 4253 6.6, RFC 5656 3.1, RFC 8709, PROTOCOL.u2f). */
const algorithms: Readonly<Record<string, (reader: BlobReader) => boolean>> = {
  'ssh-ed25519': ({ next }) => next().length === 32,
  'ssh-rsa': ({ next }) => next().length > 0 && bitsOf(next()) >= leastRsaBits,
  'ecdsa-sha2-nistp256': (reader) => isCurvePoint(reader, 'nistp256', 65),
  'ecdsa-sha2-nistp384': (reader) => isCurvePoint(reader, 'nistp384', 97),
  'ecdsa-sha2-nistp521': (reader) => isCurvePoint(reader, 'nistp521', 133),
  'sk-ssh-ed25519@openssh.com': ({ next }) => next().length === 32 && next().length > 0,
  'sk-ecdsa-sha2-nistp256@openssh.com': (reader) => isCurvePoint(reader, 'nistp256', 65) && reader.next().length > 0,
};

/** sshd's RequiredRSASize (sshd_config(5)). */
const leastRsaBits = 1024;

const algorithmPattern = /^(ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9@.-]+$/;

const startsLikeKey = (line: string): boolean => algorithmPattern.test(line.split(/[ \t]/, 1)[0] ?? '');

const parseKeyLine = (line: string): ParsedPublicKey => {
  const [, type = '', base64 = '', comment = ''] = /^(\S+)[ \t]+(\S+)(?:[ \t]+(.*))?$/.exec(line) ?? [];
  if (!startsLikeKey(line)) return { flaw: / *\b(ssh|ecdsa|sk)-\S+ +AAAA/.test(line) ? 'options' : 'no-key' };
  if (/-cert-v\d+@openssh\.com$/.test(type)) return { flaw: 'certificate' };
  if (type === 'ssh-dss') return { flaw: 'outdated' };
  const blob = decodeBase64(base64);
  const isWhole = algorithms[type];
  if (!blob || !isWhole || /[\u0000-\u001f\u007f]/.test(comment)) return { flaw: 'damaged' };
  const flaw = flawOf(blob, type, isWhole);
  return flaw ? { flaw } : { key: { type, base64, comment, fingerprint: fingerprintOf(blob) } };
};

/** Strict: what Node would forgive, sshd does not. */
const decodeBase64 = (text: string): Buffer | undefined => {
  const blob = Buffer.from(text, 'base64');
  return blob.toString('base64') === text ? blob : undefined;
};

const fingerprintOf = (blob: Buffer): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;

/** A key is a row of strings, each behind its length (RFC 4251 5). */
interface BlobReader {
  /** @throws RangeError beyond the end */
  readonly next: () => Buffer;
}

const flawOf = (blob: Buffer, type: string, isWhole: (reader: BlobReader) => boolean): PublicKeyFlaw | undefined => {
  let at = 0;
  const next = (): Buffer => {
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) throw new RangeError('cut off');
    const part = blob.subarray(at + 4, end);
    at = end;
    return part;
  };
  try {
    if (next().toString('latin1') !== type) return 'damaged';
    const isAccepted = isWhole({ next });
    if (at !== blob.length) return 'damaged';
    if (isAccepted) return undefined;
    return type === 'ssh-rsa' ? 'outdated' : 'damaged';
  } catch (error) {
    if (error instanceof RangeError) return 'damaged';
    throw error;
  }
};

const isCurvePoint = ({ next }: BlobReader, curve: string, pointBytes: number): boolean => {
  const name = next().toString('latin1');
  const point = next();
  // 4: both coordinates follow (SEC 1, 2.3.3).
  return name === curve && point.length === pointBytes && point[0] === 4;
};

/** Of an mpint: big-endian, with a zero byte before a set high bit (RFC 4251 5). */
const bitsOf = (mpint: Buffer): number => {
  const start = mpint.findIndex((byte) => byte !== 0);
  return start < 0 ? 0 : (mpint.length - start) * 8 - Math.clz32(mpint[start] ?? 0) + 24;
};
