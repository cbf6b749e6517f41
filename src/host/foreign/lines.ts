import type { FileHandle } from 'node:fs/promises';

/** What is read back from a foreign folder is read with limits: anybody may have written it, for ever and without an end. */
export interface ReadingLimits {
  readonly longestLineBytes: number;
  readonly fileBytes: number;
  /** Aborted: ends it early, as the end of the file does. */
  readonly signal: AbortSignal;
}

const chunkBytes = 64 * 1024;

/** The whole lines of an open file, as Latin-1; what follows the last newline was cut off. @throws RangeError beyond a limit */
export async function* readLines(
  handle: FileHandle,
  { longestLineBytes, fileBytes, signal }: ReadingLimits,
): AsyncGenerator<string> {
  const buffer = Buffer.allocUnsafe(chunkBytes);
  let rest = '';
  for (let at = 0; !signal.aborted; ) {
    const { bytesRead } = await handle.read(buffer, 0, chunkBytes, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    if (at > fileBytes) throw new RangeError('the file is too long');
    const lines = (rest + buffer.toString('latin1', 0, bytesRead)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestLineBytes) throw new RangeError('a line is too long');
    for (const line of lines) {
      if (line.length > longestLineBytes) throw new RangeError('a line is too long');
      yield line;
    }
  }
}

/** The beginning of an open file, up to so many bytes. */
export const readStart = async (handle: FileHandle, limitBytes: number): Promise<Buffer> => {
  const { size } = await handle.stat();
  const buffer = Buffer.alloc(Math.min(size, limitBytes));
  let done = 0;
  while (done < buffer.length) {
    const { bytesRead } = await handle.read(buffer, done, buffer.length - done, done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
};
