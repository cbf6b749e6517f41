import { constants } from 'node:fs';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { RescueError } from '../../model/errors.ts';
import type { TreePath } from '../../model/tree.ts';
import { changeFlags, copyAttributes, readFlags } from './attributes.ts';
import { assertFile } from './tree.ts';
import { type Spot, walk } from './walk.ts';
import { attempt, creating, flushFolder, siblingOf, type Writing } from './writing.ts';

/**
 * WritableTree.replaceFile. Up to the rename the old file stands untouched; from it on, the new one does. Other hard
 * links to the old file keep the old content, as with passwd(1), vi and every other program that replaces by rename.
 */
export const replaceFile = async (
  writing: Writing,
  path: TreePath,
  content: Uint8Array,
  temporaryName: string,
): Promise<void> => {
  const isReplaced = await attempt(path, () =>
    walk(writing.root, path, async (spot) => {
      if (spot.stats === undefined) return false;
      assertFile(path, spot.stats);
      const flags = await replaceableFlags(spot);
      const temporary = siblingOf(spot, temporaryName);
      await withTemporary(writing, temporary, async (copy) => {
        await fill(writing, spot, temporary, copy, content, flags.kept);
        await lifting(writing, spot, flags.lifted, async () => {
          await writing.onStep('rename');
          await rename(temporary.entry, spot.entry);
        });
      });
      await flushFolder(writing, spot);
      return true;
    }),
  );
  if (!isReplaced) throw new RescueError('file-missing', { path });
};

/** The flags that have to be lifted for the rename, and the others. @throws RescueError immutable-folder */
const replaceableFlags = async (spot: Spot): Promise<{ readonly lifted: string; readonly kept: string }> => {
  const folder: Spot = { ...spot, path: spot.path.replace(/\/[^/]*$/, '') || '/', name: '.' };
  const [flags, folderFlags] = await Promise.all([readFlags(spot), readFlags(folder)]);
  if (/[ia]/.test(folderFlags)) throw new RescueError('immutable-folder', { path: folder.path });
  return { lifted: flags.replace(/[^ia]/g, ''), kept: flags.replace(/[ia]/g, '') };
};

const withTemporary = async (
  { onStep }: Writing,
  temporary: Spot,
  action: (copy: FileHandle) => Promise<void>,
): Promise<void> => {
  await onStep('create-temporary');
  await using copy = await open(temporary.entry, creating, 0o600);
  try {
    await action(copy);
  } catch (error) {
    // What cannot be removed either is left to whoever cleans up; the first error tells more.
    await unlink(temporary.entry).catch(() => {});
    throw error;
  }
};

const fill = async (
  { onStep }: Writing,
  spot: Spot,
  temporary: Spot,
  copy: FileHandle,
  content: Uint8Array,
  flags: string,
): Promise<void> => {
  await onStep('write');
  await copy.writeFile(content);

  await onStep('copy-attributes');
  const reading = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW | constants.O_NOATIME;
  await using original = await open(spot.entry, reading);
  assertFile(spot.path, await original.stat());
  await copyAttributes(spot.path, original, copy);
  await changeFlags(temporary, '+', flags);

  await onStep('flush');
  await copy.sync();
};

/** Lifts flags from a file while `action` puts another one in its place, and sets them on whichever stands there then. */
const lifting = async ({ onStep }: Writing, spot: Spot, flags: string, action: () => Promise<void>): Promise<void> => {
  if (flags === '') return action();
  await onStep('lift-immutable');
  await changeFlags(spot, '-', flags);
  try {
    await action();
    await onStep('set-immutable');
  } finally {
    await changeFlags(spot, '+', flags);
  }
};
