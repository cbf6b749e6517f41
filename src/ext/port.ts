/** The bytes of a volume: a partition, an image, a range of one. Only ever read. */
export interface Port {
  readonly sizeBytes: number;
  /**
   * The bytes from `offset` on, at most `length`; fewer where the volume ends or does not give the next one. It never
   * throws, and what it returned stays as it is.
   */
  read(offset: number, length: number): Uint8Array;
}

const none = Buffer.alloc(0);

/** Reads within the volume only; short where `Port.read` is. */
export const readPort = (port: Port, offset: number, length: number): Buffer => {
  const most = Math.min(length, port.sizeBytes - offset);
  if (!(offset >= 0) || !(most > 0)) return none;
  const bytes = port.read(offset, most);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
};

/** A 64-bit count from its halves. What does not fit a double exactly is larger than any disk. */
export const joined = (low: number, high: number): number => low + high * 2 ** 32;
