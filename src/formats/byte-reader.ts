/** Takes an exact number of bytes at a time from chunks of any length. */
export interface ByteReader {
  /** That many bytes, or as many as are left. */
  read(count: number): Promise<Uint8Array>;
  /** That many bytes in chunks as they come; fewer only where the source ends. */
  take(count: number): AsyncGenerator<Uint8Array>;
  /** Lets the source go before its end. */
  close(): Promise<void>;
}

export const createByteReader = (source: AsyncIterable<Uint8Array>): ByteReader => {
  const chunks = source[Symbol.asyncIterator]();
  let ahead: Uint8Array = new Uint8Array();

  async function* take(count: number): AsyncGenerator<Uint8Array> {
    for (let left = count; left > 0; ) {
      if (ahead.length === 0) {
        const next = await chunks.next();
        if (next.done) return;
        ahead = next.value;
      }
      const part = ahead.subarray(0, left);
      ahead = ahead.subarray(part.length);
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
  return { read, take, close };
};
