import { constants } from 'node:fs';
import { link, mkdir, open, rmdir, unlink } from 'node:fs/promises';
import { RescueError } from '../../model/errors.ts';
import type { FileAttributes, TreePath, WritableTree } from '../../model/tree.ts';
import { unless } from '../process/system-error.ts';
import { setAttributes } from './attributes.ts';
import { setLabel } from './label.ts';
import { moveFile } from './move-file.ts';
import { patchFile } from './patch-file.ts';
import { replaceFile } from './replace-file.ts';
import { createTree } from './tree.ts';
import { type Spot, walk } from './walk.ts';
import { attempt, creating, flushFolder, siblingOf, type Writing } from './writing.ts';

/** A tree that can be written. Nothing that it holds can lead a write out of it. */
export const createWritableTree = (writing: Writing): WritableTree => {
  /** For names of our own: a link in their place is not followed. False where the folder around it is missing. */
  const at = (path: TreePath, action: (spot: Spot) => Promise<void>): Promise<boolean> =>
    attempt(path, async () => {
      const act = async (spot: Spot) => {
        await action(spot);
        return true;
      };
      return (await walk(writing.root, path, act, { followLast: false })) ?? false;
    });

  return {
    ...createTree(writing.root),
    replaceFile: (path, content, temporaryName) => replaceFile(writing, path, content, temporaryName),
    createFile: async (path, content) => {
      const isThere = await at(path, (spot) => createFile(writing, spot, content));
      if (!isThere) throw new RescueError('write-failed', { path, reason: 'ENOENT' });
    },
    createFileAs: async (path, content, attributes, temporaryName) => {
      const isThere = await at(path, (spot) =>
        createFile(writing, spot, content, { attributes, temporary: siblingOf(spot, temporaryName) }),
      );
      if (!isThere) throw new RescueError('write-failed', { path, reason: 'ENOENT' });
    },
    createFolderAs: async (path, attributes) => {
      const isThere = await at(path, (spot) => createFolderAs(writing, spot, attributes));
      if (!isThere) throw new RescueError('write-failed', { path, reason: 'ENOENT' });
    },
    createFolder: async (path) => {
      const isThere = await at(path, (spot) => createFolder(writing, spot));
      if (!isThere) throw new RescueError('write-failed', { path, reason: 'ENOENT' });
    },
    removeFile: async (path) => {
      await at(path, async (spot) => {
        // What a createFile that was cut off left of it goes too.
        await unlink(unfinishedOf(spot).entry).catch(unless('ENOENT'));
        if (spot.stats === undefined) return;
        await writing.onStep('remove');
        await unlink(spot.entry);
        await flushFolder(writing, spot);
      });
    },
    moveFile: (path, to) => moveFile(writing, path, to),
    patchFile: (path, offsetBytes, content) => patchFile(writing, path, offsetBytes, content),
    setLabel: (path, label, temporaryName) => setLabel(writing, path, label, temporaryName),
    removeFolder: async (path) => {
      await at(path, async (spot) => {
        if (spot.stats === undefined) return;
        await writing.onStep('remove-folder');
        await rmdir(spot.entry).catch(unless('ENOTEMPTY'));
        await flushFolder(writing, spot);
      });
    },
  };
};

const unfinishedOf = (spot: Spot): Spot => siblingOf(spot, `.${spot.name}.new`);

/** Whole or not at all: the name is given to a finished file, and (unlike with rename) only where it is still free. */
const createFile = async (
  writing: Writing,
  spot: Spot,
  content: Uint8Array,
  { attributes, temporary = unfinishedOf(spot) }: { attributes?: FileAttributes; temporary?: Spot } = {},
): Promise<void> => {
  // A run that was cut off here may have left one.
  await unlink(temporary.entry).catch(unless('ENOENT'));
  await writing.onStep('create-temporary');
  await using handle = await open(temporary.entry, creating, 0o600);
  try {
    await writing.onStep('write');
    await handle.writeFile(content);
    if (attributes) {
      await writing.onStep('copy-attributes');
      await setAttributes(spot.path, handle, attributes);
    }
    await writing.onStep('flush');
    await handle.sync();
    await writing.onStep('link');
    await link(temporary.entry, spot.entry);
  } finally {
    await unlink(temporary.entry);
  }
  await flushFolder(writing, spot);
};

/** Whole or not at all: until it has its owner it is nobody's but root's, and empty. */
const createFolderAs = async (writing: Writing, spot: Spot, attributes: FileAttributes): Promise<void> => {
  await writing.onStep('create-folder');
  await mkdir(spot.entry, 0o700);
  try {
    await using handle = await open(spot.entry, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    await writing.onStep('copy-attributes');
    await setAttributes(spot.path, handle, attributes);
    await handle.sync();
  } catch (error) {
    await rmdir(spot.entry);
    throw error;
  }
  await flushFolder(writing, spot);
};

/** Where a folder is there already it must be one that nobody but root can plant things in. */
const createFolder = async (writing: Writing, spot: Spot): Promise<void> => {
  if (spot.stats === undefined) {
    await writing.onStep('create-folder');
    await mkdir(spot.entry, 0o700);
    await flushFolder(writing, spot);
    return;
  }
  const { stats } = spot;
  const isSafe = stats.isDirectory() && stats.uid === 0 && (stats.mode & 0o022) === 0;
  if (!isSafe) throw new RescueError('journal-unsafe', { path: spot.path });
};
