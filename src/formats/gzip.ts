import { crc32, createInflateRaw } from 'node:zlib';
import { type ByteReader, createByteReader } from './byte-reader.ts';

/** Whether it begins like a gzip (RFC 1952, 2.3.1: magic, deflate, no reserved flag). */
export const isGzipStart = (start: Uint8Array): boolean =>
  start[0] === 0x1f && start[1] === 0x8b && start[2] === 8 && ((start[3] ?? 0xff) & 0xe0) === 0;

/** A gzip that was unpacked to the end of its compressed data, and what came of it. */
export interface MeasuredGzip {
  /** From the first byte to the end of the compressed data; the footer follows. */
  readonly dataBytes: number;
  /** The footer that belongs to what was unpacked: CRC-32 and size, 8 bytes (RFC 1952, 2.3.1). */
  readonly footer: Uint8Array;
  /** What really follows the compressed data, as much of it as could be a footer and its padding. */
  readonly rest: Uint8Array;
}

/** More than any padding; what is longer is no footer. */
const restLimitBytes = 64;
/** File name and comment in the header; tar writes an empty one, others a path. */
const nameLimitBytes = 1 << 16;

/** Reads a gzip to the end of its compressed data, and holds no more than a chunk. @throws RangeError where it is damaged or cut short */
export const measureGzip = async (content: AsyncIterable<Uint8Array>): Promise<MeasuredGzip> => {
  const reader = createByteReader(content);
  try {
    const startBytes = await skipHeader(reader);
    const inflater = createInflater();
    const parts: Uint8Array[] = [];
    let restBytes = 0;
    for await (const chunk of readAhead(reader.take(Number.MAX_SAFE_INTEGER))) {
      const used = await inflater.write(chunk);
      if (used === chunk.length) continue;
      parts.push(chunk.subarray(used));
      restBytes += chunk.length - used;
      if (restBytes > restLimitBytes) break;
    }
    return { ...(await inflater.end(startBytes)), rest: Buffer.concat(parts).subarray(0, restLimitBytes) };
  } finally {
    await reader.close();
  }
};

/** Gets the next chunk while the last one is dealt with on another thread. */
async function* readAhead(source: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  let next = source.next();
  try {
    for (let chunk = await next; !chunk.done; chunk = await next) {
      next = source.next();
      // Where this ends before, nobody waits for it.
      next.catch(() => {});
      yield chunk.value;
    }
  } finally {
    await source.return(undefined);
  }
}

const skipHeader = async (reader: ByteReader): Promise<number> => {
  let headerBytes = 0;
  const read = async (count: number): Promise<Uint8Array> => {
    const bytes = await reader.read(count);
    if (bytes.length < count) throw new RangeError('cut short');
    headerBytes += count;
    return bytes;
  };
  const skipText = async (): Promise<void> => {
    while ((await read(1))[0] !== 0) if (headerBytes > nameLimitBytes) throw new RangeError('damaged');
  };
  const start = await read(10);
  if (!isGzipStart(start)) throw new RangeError('damaged');
  const flags = start[3] ?? 0;
  if (flags & 4) {
    const [low = 0, high = 0] = await read(2);
    await read(low + 256 * high);
  }
  if (flags & 8) await skipText();
  if (flags & 16) await skipText();
  if (flags & 2) await read(2);
  return headerBytes;
};

const isAboutEnd = (error: Error): boolean => 'code' in error && error.code === 'Z_BUF_ERROR';

interface Inflater {
  /** How many of the bytes belonged to the compressed data: fewer than given, once its end was met. */
  write(bytes: Uint8Array): Promise<number>;
  end(startBytes: number): Promise<Pick<MeasuredGzip, 'dataBytes' | 'footer'>>;
}

/** Unpacks on another thread, and keeps only the sum and the size. */
const createInflater = (): Inflater => {
  const inflate = createInflateRaw({ chunkSize: 1 << 18 });
  let sum = 0;
  let plainBytes = 0;
  let failure: Error | undefined;
  let isOver = false;
  let wake = (): void => {};
  inflate.on('data', (plain: Uint8Array) => {
    sum = crc32(plain, sum);
    plainBytes += plain.length;
  });
  inflate.on('error', (error) => {
    failure = error;
    wake();
  });
  inflate.on('end', () => {
    isOver = true;
    wake();
  });
  const settled = async (start: (done: () => void) => void): Promise<void> => {
    await new Promise<void>((resolve) => {
      wake = resolve;
      start(resolve);
    });
    if (failure) throw new RangeError(isAboutEnd(failure) ? 'cut short' : 'damaged', { cause: failure });
  };
  return {
    write: async (bytes) => {
      if (isOver) return 0;
      const before = inflate.bytesWritten;
      await settled((done) => inflate.write(bytes, done));
      return inflate.bytesWritten - before;
    },
    end: async (startBytes) => {
      if (!isOver) await settled((_done) => inflate.end());
      const footer = Buffer.alloc(8);
      footer.writeUInt32LE(sum, 0);
      footer.writeUInt32LE(plainBytes % 2 ** 32, 4);
      return { dataBytes: startBytes + inflate.bytesWritten, footer };
    },
  };
};
