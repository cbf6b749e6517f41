import { readdir, readFile, stat } from 'node:fs/promises';
import { decodeBytes } from '../../formats/bytes.ts';
import type { Range } from './probe.ts';

/** A loop device over a file or a block device (/sys/block/loopN/loop, Linux drivers/block/loop.c). */
export interface Loop {
  /** loop0 */
  readonly name: string;
  /** major:minor */
  readonly device: string;
  readonly backingFile: string;
  readonly offsetBytes: number;
  /** 0: to the end. */
  readonly sizeLimitBytes: number;
}

/** The loop devices in use, all of them or those over one file or device. */
export const listLoops = async (path?: string): Promise<readonly Loop[]> => {
  const names = (await readdir('/sys/block').catch(() => [])).filter((name) => name.startsWith('loop'));
  const loops = (await Promise.all(names.map(readLoop))).flat();
  if (path === undefined) return loops;
  const matches = await Promise.all(loops.map((loop) => isSameFile(loop.backingFile, path)));
  return loops.filter((_, index) => matches[index]);
};

/** A loop device that is not in use has no such files. */
const readLoop = async (name: string): Promise<readonly Loop[]> => {
  const read = async (file: string) => decodeBytes(await readFile(`/sys/block/${name}/${file}`)).replace(/\n$/, '');
  try {
    const [device, backingFile, offset, sizeLimit] = await Promise.all([
      read('dev'),
      read('loop/backing_file'),
      read('loop/offset'),
      read('loop/sizelimit'),
    ]);
    return [{ name, device, backingFile, offsetBytes: Number(offset), sizeLimitBytes: Number(sizeLimit) }];
  } catch {
    return [];
  }
};

const isSameFile = async (first: string, second: string): Promise<boolean> => {
  try {
    const [a, b] = await Promise.all([stat(first), stat(second)]);
    return a.isBlockDevice() ? b.isBlockDevice() && a.rdev === b.rdev : a.dev === b.dev && a.ino === b.ino;
  } catch {
    return first === second; // removed since, or of another mount namespace
  }
};

/** Whether a loop device shows any byte of a range of its file. */
export const isInRange = ({ offsetBytes, sizeLimitBytes }: Loop, range: Range): boolean =>
  offsetBytes < range.offsetBytes + range.sizeBytes &&
  (sizeLimitBytes === 0 || range.offsetBytes < offsetBytes + sizeLimitBytes);
