import { readSync } from 'node:fs';
import type { Port } from '../../ext/port.ts';
import { isSystemError } from '../process/system-error.ts';

/** What is asked for again where a longer piece could not be read whole. */
const sectorBytes = 512;

/**
 * A byte range of an open file or device. A disk that gives not all of a piece is asked for its sectors one by one, up to
 * the first that it does not give.
 */
export const filePort = (descriptor: number, offsetBytes: number, sizeBytes: number): Port => {
  const readInto = (bytes: Buffer, from: number, length: number, at: number): number => {
    try {
      return readSync(descriptor, bytes, from, length, offsetBytes + at);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return 0;
    }
  };
  return {
    sizeBytes,
    read: (offset, length) => {
      const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, sizeBytes - offset)));
      let done = 0;
      while (done < bytes.length) {
        const count = readInto(bytes, done, bytes.length - done, offset + done);
        if (count === 0) break;
        done += count;
      }
      while (done < bytes.length) {
        const wanted = Math.min(sectorBytes - ((offset + done) % sectorBytes), bytes.length - done);
        const count = readInto(bytes, done, wanted, offset + done);
        if (count === 0) break;
        done += count;
      }
      return bytes.subarray(0, done);
    },
  };
};
