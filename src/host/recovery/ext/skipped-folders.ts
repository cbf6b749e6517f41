import { access, readlink } from 'node:fs/promises';
import { decodeBytes } from '../../../formats/bytes.ts';
import { createNameCounter } from '../../../formats/debugfs.ts';
import { foldersSkippedIn, lastStampIn } from '../../../formats/kernel-log.ts';
import { isRescueError } from '../../../model/errors.ts';
import type { Volume } from '../../../model/storage.ts';
import type { TreePath } from '../../../model/tree.ts';
import { run } from '../../process/commands.ts';
import { textOf } from '../../tree/raw-path.ts';
import type { Doubts } from '../copy/doubts.ts';
import { openExtReader } from './reader.ts';
import type { SecondWay, SkippedFolder } from './second-way.ts';
import { openSession } from './session.ts';

/** Folders that are counted with one call of debugfs. */
const countedAtOnce = 1000;

/** More are not looked for by name. */
const namesAsked = 200;

/**
 * The second way to an ext2/3/4 that is mounted: through debugfs, which the kernel's log sends to folders that look whole
 * and are not, because the driver skips a damaged block of names. A damaged index leaves names out without a word; so
 * whatever may have one, which is every folder of more than one block, has its names counted once more.
 * @param device what is mounted, as major:minor
 */
export const openSecondWay = async (volume: Volume, device: string): Promise<SecondWay> => {
  const startedAt = lastStampIn(await readLog());
  const name = (await readlink(`/sys/dev/block/${device}`).catch(() => '')).replace(/^.*\//, '');
  const seen = await asSeen(volume, name);
  return {
    findSkipped: async (listed) => {
      const inodes = foldersSkippedIn(await readLog(), name, startedAt);
      const paths =
        inodes.length === 0 ? new Map<number, TreePath>() : await pathsOf(seen, inodes.slice(0, namesAsked));
      // Without a name, in the way that debugfs takes it.
      const said = inodes.map((inode) => ({ path: paths.get(inode) ?? `<${inode}>`, reason: 'EUCLEAN' }));
      return [...said, ...(await findShort(seen, listed, new Set(inodes)))];
    },
    open: async () => {
      try {
        return await openExtReader(seen, undefined);
      } catch (error) {
        if (!isRescueError(error)) throw error;
        return undefined;
      }
    },
  };
};

/** What debugfs is to read, so that it finds what the driver does: a snapshot in which the journal was replayed. */
const asSeen = async (volume: Volume, name: string): Promise<Volume> => {
  const path = `/dev/${name}`;
  if (!name.startsWith('dm-')) return volume;
  return await access(path).then(
    () => ({ ...volume, path, offsetBytes: 0 }),
    () => volume,
  );
};

/** Folders that hold more names than were listed. */
const findShort = async (
  volume: Volume,
  listed: Doubts['listed'],
  told: ReadonlySet<number>,
): Promise<readonly SkippedFolder[]> => {
  const folders = [...listed].filter(([, { inode }]) => !told.has(inode));
  if (folders.length === 0) return [];
  const counts = new Map<number, number>();
  try {
    await using session = await openSession(volume, undefined);
    for (let at = 0; at < folders.length; at += countedAtOnce) {
      const some = folders.slice(at, at + countedAtOnce);
      const counter = createNameCounter();
      await session.run(
        some.map(([, { inode }]) => `ls -p <${inode}>`),
        'ignored',
        counter.take,
      );
      for (const [inode, names] of counter.end()) counts.set(inode, names);
    }
  } catch (error) {
    if (!isRescueError(error)) throw error;
  }
  return folders.flatMap(([path, { inode, names }]) =>
    (counts.get(inode) ?? 0) > names ? [{ path: `/${textOf(path)}`, reason: 'EUCLEAN', isIndexOnly: true }] : [],
  );
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
