import { link, lstat, unlink } from 'node:fs/promises';
import { RescueError } from '../../model/errors.ts';
import type { TreePath } from '../../model/tree.ts';
import { unless } from '../process/system-error.ts';
import { assertFile } from './tree.ts';
import { type Spot, walk } from './walk.ts';
import { attempt, flushFolder, type Writing } from './writing.ts';

/**
 * WritableTree.moveFile. Unlike with rename(2), nothing that has the new name already can be lost: the file gets it as a
 * second name (link(2)), and then loses the old one.
 */
export const moveFile = async (writing: Writing, path: TreePath, to: TreePath): Promise<void> => {
  const isMoved = await attempt(path, () =>
    walk(
      writing.root,
      path,
      async (spot) => {
        if (spot.stats === undefined) return false;
        assertFile(path, spot.stats);
        const { stats } = spot;
        const act = (target: Spot) => moveTo(writing, { ...spot, stats }, target);
        const isThere = await walk(writing.root, to, act, { followLast: false });
        if (isThere === undefined) throw new RescueError('write-failed', { path: to, reason: 'ENOENT' });
        return true;
      },
      { followLast: false },
    ),
  );
  if (!isMoved) throw new RescueError('file-missing', { path });
};

const moveTo = async (writing: Writing, spot: Required<Spot>, target: Spot): Promise<true> => {
  await writing.onStep('link');
  const { ino, dev } = spot.stats;
  const taken = await lstat(target.entry).catch(unless('ENOENT'));
  // Cut off in the middle, it has both names.
  const hasBoth = taken?.ino === ino && taken.dev === dev;
  if (!hasBoth) await link(spot.entry, target.entry);
  await flushFolder(writing, target);
  await writing.onStep('remove');
  await unlink(spot.entry);
  await flushFolder(writing, spot);
  return true;
};
