import { constants } from 'node:fs';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { RescueError } from '../../model/errors.ts';
import type { TreePath } from '../../model/tree.ts';
import { hasMoreThanLabel, setAttributes, setOpenLabel } from './attributes.ts';
import { assertFile } from './tree.ts';
import { type Spot, walk } from './walk.ts';
import { attempt, creating, flushFolder, siblingOf, type Writing } from './writing.ts';

const reading = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW | constants.O_NOATIME;

/** WritableTree.setLabel. */
export const setLabel = async (
  writing: Writing,
  path: TreePath,
  label: string | undefined,
  temporaryName: string,
): Promise<void> => {
  const isLabelled = await attempt(path, () =>
    walk(writing.root, path, async (spot) => {
      if (spot.stats === undefined) return false;
      if (!spot.stats.isDirectory()) assertFile(path, spot.stats);
      await using handle = await open(spot.entry, reading);
      await writing.onStep('copy-attributes');
      if (label === undefined) await makeWithout(writing, spot, handle, siblingOf(spot, temporaryName));
      else await setOpenLabel(path, handle, label);
      await handle.sync();
      return true;
    }),
  );
  if (!isLabelled) throw new RescueError('file-missing', { path });
};

/**
 * No program that every rescue system has can take a label away: the file is made anew without one. Not one with an ACL
 * or capabilities, which would be lost. @throws RescueError attributes-lost
 */
const makeWithout = async (writing: Writing, spot: Spot, handle: FileHandle, temporary: Spot): Promise<void> => {
  const stats = await handle.stat();
  assertFile(spot.path, stats);
  if (await hasMoreThanLabel(handle))
    throw new RescueError('attributes-lost', { path: spot.path, output: 'ACL, capabilities' });
  const { uid, gid, mode } = stats;
  await using copy = await open(temporary.entry, creating, 0o600);
  try {
    await copy.writeFile(await handle.readFile());
    await setAttributes(spot.path, copy, { uid, gid, mode: mode & 0o7777 });
    await copy.sync();
    await writing.onStep('rename');
    await rename(temporary.entry, spot.entry);
  } catch (error) {
    await unlink(temporary.entry).catch(() => {});
    throw error;
  }
  await flushFolder(writing, spot);
};
