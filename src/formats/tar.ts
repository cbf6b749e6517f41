import { createByteReader, type OpenBytes } from './byte-reader.ts';
import { decodeBytes } from './bytes.ts';
import { formatPaxRecords, parsePaxRecords } from './pax.ts';
import {
  headerBytes,
  isTarEnd,
  isTarHeader,
  paddingOf,
  tarNameOf,
  tarSizeOf,
  tarTypeOf,
  withSize,
} from './tar-header.ts';

/** A header that tells more about what follows it: pax `x` and `g`, GNU `L` and `K`. */
interface Extension {
  readonly header: Uint8Array;
  readonly type: string;
  readonly body: Uint8Array;
}

/** One member of a tar archive (POSIX.1-2017 pax, "ustar Interchange Format"), its content still to be read. */
export interface TarMember {
  /** As it stands in the archive, for passing it on. */
  readonly header: Uint8Array;
  /** What stands before the header, and belongs to it. */
  readonly extensions: readonly Extension[];
  /** As the extensions have it, else the header. */
  readonly name: string;
  /** `0` a file, `5` a folder, … */
  readonly type: string;
  /** As the extensions have it, else the header: members over 8 GiB tell it there alone. */
  readonly sizeBytes: number;
  /** Where in the archive its first header stands. */
  readonly headerAtBytes: number;
  /** Where in the archive its content begins. */
  readonly contentAtBytes: number;
  /** Must be read, or left, before the next member is asked for. Ends early where the archive is cut short. */
  readonly content: AsyncGenerator<Uint8Array>;
}

/** What an extension may come to: a name, some attributes. */
const extensionLimitBytes = 1 << 16;

/** The members in order; content that is left is passed over. @throws RangeError where the archive is no tar or is cut short */
export async function* readTar(open: OpenBytes): AsyncGenerator<TarMember> {
  const reader = createByteReader(open(0), open);
  let extensions: Extension[] = [];
  let globals: ReadonlyMap<string, string> = new Map();
  let headerAtBytes = 0;
  let position = 0;

  const readExactly = async (count: number): Promise<Uint8Array> => {
    const bytes = await reader.read(count);
    position += bytes.length;
    if (bytes.length < count) throw new RangeError('cut short');
    return bytes;
  };
  /** undefined at the end of the archive. */
  const readHeader = async (): Promise<Uint8Array | undefined> => {
    const header = await reader.read(headerBytes);
    position += header.length;
    if (header.length === 0 && extensions.length === 0) return undefined;
    if (header.length < headerBytes) throw new RangeError('cut short');
    if (isTarEnd(header)) return undefined;
    if (!isTarHeader(header)) throw new RangeError('no tar header');
    return header;
  };

  try {
    for (let header = await readHeader(); header; header = await readHeader()) {
      const type = tarTypeOf(header);
      if (extensions.length === 0) headerAtBytes = position - headerBytes;
      if (/[xgLK]/.test(type)) {
        const bodyBytes = tarSizeOf(header);
        if (bodyBytes > extensionLimitBytes) throw new RangeError('no tar header');
        const body = await readExactly(bodyBytes);
        await readExactly(paddingOf(bodyBytes));
        extensions.push({ header, type, body });
        if (type === 'g') globals = new Map([...globals, ...parsePaxRecords(body)]);
        // One size for all that follows: nobody writes that, and a member could not be given another.
        if (globals.has('size')) throw new RangeError('no tar header');
        continue;
      }
      const told = new Map([...globals, ...toldBy(extensions)]);
      const sizeBytes = type === '1' ? 0 : (sizeTold(told.get('size')) ?? tarSizeOf(header));
      const contentAtBytes = position;
      let left = sizeBytes;
      const take = async function* () {
        for await (const chunk of reader.take(left)) {
          left -= chunk.length;
          yield chunk;
        }
      };
      const name = told.get('path') ?? tarNameOf(header);
      yield { header, extensions, name, type, sizeBytes, headerAtBytes, contentAtBytes, content: take() };
      // Whether the archive goes so far is only known by reading there.
      if (left > 1) await reader.skip(left - 1);
      if (left > 0 && (await reader.read(1)).length === 0) throw new RangeError('cut short');
      await reader.skip(paddingOf(sizeBytes));
      position = contentAtBytes + sizeBytes + paddingOf(sizeBytes);
      extensions = [];
    }
  } finally {
    await reader.close();
  }
}

/** As pax names them; `L` is what GNU tar writes for a long name. */
const toldBy = (extensions: readonly Extension[]): ReadonlyMap<string, string> => {
  const told = new Map<string, string>();
  for (const { type, body } of extensions) {
    if (type === 'L') told.set('path', decodeBytes(body).replace(/\0.*$/s, ''));
    if (type === 'x') for (const [key, value] of parsePaxRecords(body)) told.set(key, value);
  }
  return told;
};

const sizeTold = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const sizeBytes = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(sizeBytes)) throw new RangeError('no tar header');
  return sizeBytes;
};

/**
 * What stands before a member's content, for a content of another size.
 * @param isMoot pax records that no longer hold
 */
export function* formatTarHeaders(
  { header, extensions }: TarMember,
  sizeBytes: number,
  isMoot: (key: string) => boolean = () => false,
): Generator<Uint8Array> {
  for (const extension of extensions) {
    const body = extension.type === 'x' ? changedRecords(extension.body, sizeBytes, isMoot) : extension.body;
    yield withSize(extension.header, body.length);
    yield body;
    yield new Uint8Array(paddingOf(body.length));
  }
  yield withSize(header, sizeBytes);
}

const changedRecords = (body: Uint8Array, sizeBytes: number, isMoot: (key: string) => boolean): Uint8Array => {
  const records = new Map([...parsePaxRecords(body)].filter(([key]) => !isMoot(key)));
  if (records.has('size')) records.set('size', `${sizeBytes}`);
  return formatPaxRecords(records);
};
