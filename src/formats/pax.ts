import { decodeBytes, encodeBytes } from './bytes.ts';

/** What an archive keeps of one file beside its content: mode, uid, gid, and `SCHILY.xattr.NAME` for each extended attribute. */
export type PaxAttributes = ReadonlyMap<string, string>;

const blockBytes = 512;

/** Records about this file's times, name and content, not its rights. */
const otherRecords = new Set(['mtime', 'atime', 'ctime', 'path', 'linkpath', 'size']);

/**
 * Reads the attributes of every file out of a pax archive (pax(1) of POSIX.1-2017, "pax Interchange Format"), as
 * GNU tar writes it with --format=pax --xattrs. @throws RangeError where it is cut short
 */
export const parsePaxAttributes = (archive: Uint8Array): readonly PaxAttributes[] => {
  const files: PaxAttributes[] = [];
  let records: PaxAttributes = new Map();
  for (let at = 0; at < archive.length && archive[at] !== 0; ) {
    const header = archive.subarray(at, at + blockBytes);
    const sizeBytes = Number.parseInt(fieldOf(header, 124, 12), 8);
    const body = archive.subarray(at + blockBytes, at + blockBytes + sizeBytes);
    if (!(sizeBytes >= 0) || body.length < sizeBytes) throw new RangeError('archive cut short');
    if (fieldOf(header, 156, 1) === 'x') {
      records = new Map([...parsePaxRecords(body)].filter(([key]) => !otherRecords.has(key)));
    } else {
      const own = { mode: fieldOf(header, 100, 8), uid: fieldOf(header, 108, 8), gid: fieldOf(header, 116, 8) };
      files.push(new Map([...Object.entries(own), ...records]));
      records = new Map();
    }
    at += blockBytes + Math.ceil(sizeBytes / blockBytes) * blockBytes;
  }
  return files;
};

const fieldOf = (header: Uint8Array, at: number, length: number): string =>
  decodeBytes(header.subarray(at, at + length))
    .replace(/\0.*$/s, '')
    .trim();

/**
 * The body of an extended header: `LENGTH KEY=VALUE\n` each, where the length in decimal counts the whole record and
 * the value may be any bytes. @throws RangeError where a record is cut short
 */
export const parsePaxRecords = (body: Uint8Array): Map<string, string> => {
  const records = new Map<string, string>();
  for (let at = 0; at < body.length; ) {
    const length = Number.parseInt(decodeBytes(body.subarray(at, body.indexOf(0x20, at))), 10);
    const record = body.subarray(body.indexOf(0x20, at) + 1, at + length - 1);
    const equals = record.indexOf(0x3d);
    if (!(length > 0) || equals < 0) throw new RangeError('record cut short');
    records.set(decodeBytes(record.subarray(0, equals)), decodeBytes(record.subarray(equals + 1)));
    at += length;
  }
  return records;
};

/** The inverse of parsePaxRecords. */
export const formatPaxRecords = (records: ReadonlyMap<string, string>): Uint8Array =>
  Buffer.concat(
    [...records].map(([key, value]) => {
      const rest = encodeBytes(` ${key}=${value}\n`);
      // The length counts its own digits.
      const short = rest.length + `${rest.length}`.length;
      const length = rest.length + `${short}`.length;
      return Buffer.concat([encodeBytes(`${length}`), rest]);
    }),
  );
