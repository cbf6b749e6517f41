import { readlink } from 'node:fs/promises';
import { decodeBytes } from '../../../formats/bytes.ts';
import { foldersSkippedIn, lastStampIn } from '../../../formats/kernel-log.ts';
import { isRescueError } from '../../../model/errors.ts';
import type { Volume } from '../../../model/storage.ts';
import type { TreePath } from '../../../model/tree.ts';
import { run } from '../../process/commands.ts';
import { openExtReader } from './reader.ts';
import type { SecondWay } from './second-way.ts';
import { openSession } from './session.ts';

/** More are not looked for by name. */
const namesAsked = 200;

/**
 * The second way to an ext2/3/4 that is mounted: through debugfs, which the kernel's log sends to folders that look whole
 * and are not, because the driver skips a damaged block of names.
 * @param device what is mounted, as major:minor
 */
export const openSecondWay = async (volume: Volume, device: string): Promise<SecondWay> => {
  const startedAt = lastStampIn(await readLog());
  return {
    findSkipped: async () => {
      const name = (await readlink(`/sys/dev/block/${device}`).catch(() => '')).replace(/^.*\//, '');
      const inodes = foldersSkippedIn(await readLog(), name, startedAt);
      const paths =
        inodes.length === 0 ? new Map<number, TreePath>() : await pathsOf(volume, inodes.slice(0, namesAsked));
      // Without a name, in the way that debugfs takes it.
      return inodes.map((inode) => ({ path: paths.get(inode) ?? `<${inode}>`, reason: 'EUCLEAN' }));
    },
    open: async () => {
      try {
        return await openExtReader(volume, undefined);
      } catch (error) {
        if (!isRescueError(error)) throw error;
        return undefined;
      }
    },
  };
};

/** Empty where the log is not for us. */
const readLog = async (): Promise<string> => {
  try {
    return decodeBytes((await run('dmesg', [])).stdout);
  } catch (error) {
    if (!isRescueError(error)) throw error;
    return '';
  }
};

/** By asking every folder of the volume (debugfs(8), ncheck). */
const pathsOf = async (volume: Volume, inodes: readonly number[]): Promise<ReadonlyMap<number, TreePath>> => {
  const paths = new Map<number, TreePath>();
  try {
    await using session = await openSession(volume, undefined);
    let text = '';
    await session.run([`ncheck ${inodes.join(' ')}`], 'ignored', (more) => {
      text += more;
    });
    for (const [, inode, path = ''] of text.matchAll(/^(\d+)\t(\/.+)$/gm))
      paths.set(Number(inode), decodeBytes(Buffer.from(path, 'latin1')));
  } catch (error) {
    if (!isRescueError(error)) throw error;
  }
  return paths;
};
