/** A file's bytes from one of them on. */
export type OpenBytes = (startBytes: number) => AsyncIterable<Uint8Array>;

/** Takes an exact number of bytes at a time from chunks of any length. */
export interface ByteReader {
  /** That many bytes, or as many as are left. */
  read(count: number): Promise<Uint8Array>;
  /** That many bytes in chunks as they come; fewer only where the source ends. */
  take(count: number): AsyncGenerator<Uint8Array>;
  /** Passes over that many bytes. What lies behind the end of the source is not noticed here, but by the next read. */
  skip(count: number): Promise<void>;
  /** Lets the source go before its end. */
  close(): Promise<void>;
}

/** Below this, reading on costs less than opening anew. */
const leapBytes = 1 << 16;

/** @param reopen makes long ways to skip short */
export const createByteReader = (source: AsyncIterable<Uint8Array>, reopen?: OpenBytes): ByteReader => {
  let chunks = source[Symbol.asyncIterator]();
  let ahead: Uint8Array = new Uint8Array();
  let position = 0;

  async function* take(count: number): AsyncGenerator<Uint8Array> {
    for (let left = count; left > 0; ) {
      if (ahead.length === 0) {
        const next = await chunks.next();
        if (next.done) return;
        ahead = next.value;
      }
      const part = ahead.subarray(0, left);
      ahead = ahead.subarray(part.length);
      position += part.length;
      left -= part.length;
      if (part.length > 0) yield part;
    }
  }

  const read = async (count: number): Promise<Uint8Array> => {
    const parts: Uint8Array[] = [];
    for await (const part of take(count)) parts.push(part);
    return Buffer.concat(parts);
  };

  const close = async (): Promise<void> => {
    await chunks.return?.();
  };

  const skip = async (count: number): Promise<void> => {
    if (reopen === undefined || count - ahead.length < leapBytes) {
      for await (const _part of take(count));
      return;
    }
    await close();
    ahead = new Uint8Array();
    position += count;
    chunks = reopen(position)[Symbol.asyncIterator]();
  };

  return { read, take, skip, close };
};

/** A few bytes from one place, or as many as there are. */
export const readBytesAt = async (open: OpenBytes, startBytes: number, count: number): Promise<Uint8Array> => {
  const reader = createByteReader(open(startBytes));
  try {
    return await reader.read(count);
  } finally {
    await reader.close();
  }
};

/** So many bytes of a source, or all of it. */
export async function* firstOf(source: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  const reader = createByteReader(source);
  try {
    yield* reader.take(count);
  } finally {
    await reader.close();
  }
}
