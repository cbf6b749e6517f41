import { entryName, formatColonFile, parseColonFile, withFields, withLine } from './colon-file.ts';

/** One account of /etc/shadow (shadow(5)); days count from 1970-01-01, and are undefined where the field is empty. */
export interface ShadowEntry {
  /** Which line of the file, from 0. */
  readonly line: number;
  readonly name: string;
  readonly hash: string;
  /** Field 3. 0 forces a change at the next login; undefined switches ageing off. */
  readonly changedDay: number | undefined;
  /** Field 5: the password has to be changed after so many days. */
  readonly maxDays: number | undefined;
  /** Field 7: after so many days more, the account is closed. */
  readonly inactiveDays: number | undefined;
  /** Field 8: the account is closed from this day on. */
  readonly expiryDay: number | undefined;
}

/** What changes in a line; what is not named stays byte for byte. Undefined empties a day field. */
export interface ShadowChange {
  readonly hash: string;
  readonly changedDay?: number | undefined;
  readonly maxDays?: undefined;
  readonly inactiveDays?: undefined;
  readonly expiryDay?: undefined;
}

const fieldCount = 9;

export const parseShadow = (bytes: Uint8Array): readonly ShadowEntry[] =>
  parseColonFile(bytes).flatMap((colonLine, line) => {
    const name = entryName(colonLine);
    if (name === undefined) return [];
    const [, hash = '', changed, , max, , inactive, expiry] = colonLine.fields;
    return [
      {
        line,
        name,
        hash,
        changedDay: toDays(changed),
        maxDays: toDays(max),
        inactiveDays: toDays(inactive),
        expiryDay: toDays(expiry),
      },
    ];
  });

/** The same file with another hash in one line, and nothing else touched. */
export const withShadowHash = (bytes: Uint8Array, { line }: ShadowEntry, hash: string): Uint8Array<ArrayBuffer> =>
  formatColonFile(withFields(parseColonFile(bytes), line, new Map([[1, hash]])));

/** The same file with some fields of one line changed. A line cut short, which libc would skip, gets its nine fields. */
export const withShadowChange = (
  bytes: Uint8Array,
  entry: ShadowEntry,
  change: ShadowChange,
): Uint8Array<ArrayBuffer> => {
  const lines = parseColonFile(bytes);
  const values = new Map([[1, change.hash]]);
  if ('changedDay' in change) values.set(2, fromDays(change.changedDay));
  if ('maxDays' in change) values.set(4, fromDays(change.maxDays));
  if ('inactiveDays' in change) values.set(6, fromDays(change.inactiveDays));
  if ('expiryDay' in change) values.set(7, fromDays(change.expiryDay));
  const last = fieldCount - 1;
  values.set(last, lines[entry.line]?.fields[last] ?? '');
  return formatColonFile(withFields(lines, entry.line, values));
};

/** The same file with a line for an account that has none yet, without any ageing. */
export const withShadowLine = (
  bytes: Uint8Array,
  name: string,
  hash: string,
  changedDay: number | undefined,
): Uint8Array<ArrayBuffer> => {
  const fields = Array.from({ length: fieldCount }, (_, field) => [name, hash, fromDays(changedDay)][field] ?? '');
  return formatColonFile(withLine(parseColonFile(bytes), fields));
};

/** glibc reads the number and takes an empty or negative field for "not set". */
const toDays = (field: string | undefined): number | undefined =>
  field !== undefined && /^\d{1,9}$/.test(field) ? Number(field) : undefined;

const fromDays = (days: number | undefined): string => (days === undefined ? '' : String(days));
