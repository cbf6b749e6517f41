/** A symbolic link as GNU tar and every other pax reader extract it. Names are Latin-1, a character for each byte. */
export interface TarLink {
  /** Plain ASCII, of at most 99 characters. */
  readonly name: string;
  readonly target: string;
  readonly uid: number;
  readonly gid: number;
  /** Nanoseconds since 1970. */
  readonly atimeNs: bigint;
  readonly mtimeNs: bigint;
}

const blockBytes = 512;
/** Magic and version. */
const ustar = ['ustar', '00'].join('\0');

/** A member for a symbolic link, with its times to the nanosecond (pax(1), "pax Extended Header"). */
export const formatTarLink = ({ name, target, uid, gid, atimeNs, mtimeNs }: TarLink): Buffer => {
  const records = [
    recordOf('linkpath', target),
    recordOf('uid', String(uid)),
    recordOf('gid', String(gid)),
    recordOf('atime', secondsOf(atimeNs)),
    recordOf('mtime', secondsOf(mtimeNs)),
  ].join('');
  const padding = '\0'.repeat((blockBytes - (records.length % blockBytes)) % blockBytes);
  const extended = headerOf(name, 'x', records.length, '');
  return Buffer.from(extended + records + padding + headerOf(name, '2', 0, target.slice(0, 99)), 'latin1');
};

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
const recordOf = (key: string, value: string): string => {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return `${length}${rest}`;
};

const secondsOf = (nanoseconds: bigint): string => {
  const billion = 1_000_000_000n;
  const magnitude = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const fraction = String(magnitude % billion).padStart(9, '0');
  return `${nanoseconds < 0n ? '-' : ''}${magnitude / billion}.${fraction}`;
};

const field = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;

const headerOf = (name: string, type: string, sizeBytes: number, target: string): string => {
  const blank = ' '.repeat(8);
  const before =
    name.padEnd(100, '\0') + field(0o777, 8) + field(0, 8) + field(0, 8) + field(sizeBytes, 12) + field(0, 12);
  const after = type + target.padEnd(100, '\0') + ustar;
  const sum = Buffer.from(before + blank + after, 'latin1').reduce((total, byte) => total + byte, 0);
  return [before, sum.toString(8).padStart(6, '0'), '\0 ', after].join('').padEnd(blockBytes, '\0');
};
