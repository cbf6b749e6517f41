import { access, readlink } from 'node:fs/promises';
import { rootInode } from '../../../ext/inode.ts';
import { decodeBytes } from '../../../formats/bytes.ts';
import { foldersSkippedIn, lastStampIn } from '../../../formats/kernel-log.ts';
import { isRescueError } from '../../../model/errors.ts';
import type { Volume } from '../../../model/storage.ts';
import type { TreePath } from '../../../model/tree.ts';
import { run } from '../../process/commands.ts';
import { joinRaw, type RawPath, textOf } from '../../tree/raw-path.ts';
import { type ExtReader, openExtReader } from './reader.ts';
import type { SecondWay, SkippedFolder } from './second-way.ts';

/** More are not looked for by name. */
const namesAsked = 200;

/**
 * The second way to an ext2/3/4 that is mounted: past the driver, which the kernel's log sends to folders that look whole
 * and are not, because it skips a damaged block of names. A damaged index leaves names out without a word; so whatever may
 * have one, which is every folder of more than one block, has its names counted once more; and so has a folder that is
 * longer than it says, or stands in an inode.
 * @param device what is mounted, as major:minor
 */
export const openSecondWay = async (volume: Volume, device: string): Promise<SecondWay> => {
  const startedAt = lastStampIn(await readLog());
  const name = (await readlink(`/sys/dev/block/${device}`).catch(() => '')).replace(/^.*\//, '');
  const seen = await asSeen(volume, name);
  // As it is mounted: without what is in the journal only.
  const open = () => openExtReader(seen, { replays: false });
  return {
    open,
    findSkipped: async (listed) => {
      const inodes = foldersSkippedIn(await readLog(), name, startedAt);
      const others = [...listed].filter(([, { inode }]) => !inodes.includes(inode));
      if (inodes.length === 0 && others.length === 0) return [];
      const reader = await open();
      if (reader === undefined) return inodes.map((inode) => ({ path: `<${inode}>`, reason: 'EUCLEAN' }));
      await using held = reader;
      const paths = inodes.length === 0 ? undefined : await pathsOf(held, new Set(inodes.slice(0, namesAsked)));
      const said = inodes.map((inode) => ({ path: paths?.get(inode) ?? `<${inode}>`, reason: 'EUCLEAN' }));
      return [...said, ...(await findShort(held, others))];
    },
  };
};

/** What is to be read, so that the same is found as by the driver: a snapshot in which the journal was replayed. */
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
  reader: ExtReader,
  listed: readonly (readonly [RawPath, { readonly inode: number; readonly names: number }])[],
): Promise<readonly SkippedFolder[]> => {
  const short: SkippedFolder[] = [];
  for (const [path, { inode, names }] of listed) {
    let count = 0;
    const { reason, isRight } = await reader.list(inode, (entries) => {
      count += entries.length;
    });
    const isIndexOnly = isRight && reason === undefined;
    if (count > names) short.push({ path: `/${textOf(path)}`, reason: 'EUCLEAN', isIndexOnly });
  }
  return short;
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

/** By going through every folder of the volume until all are found. */
const pathsOf = async (reader: ExtReader, wanted: Set<number>): Promise<ReadonlyMap<number, TreePath>> => {
  const paths = new Map<number, TreePath>();
  const visited = new Set<number>();
  const todo: { readonly number: number; readonly path: RawPath }[] = [{ number: rootInode, path: '' }];
  for (let folder = todo.pop(); folder && wanted.size > 0; folder = todo.pop()) {
    const { number, path } = folder;
    if (visited.has(number)) continue;
    visited.add(number);
    if (wanted.delete(number)) paths.set(number, `/${textOf(path)}`);
    await reader.list(number, (entries) => {
      for (const { kind, inode, name } of entries)
        if (kind === 'directory') todo.push({ number: inode, path: joinRaw(path, name) });
    });
  }
  return paths;
};
