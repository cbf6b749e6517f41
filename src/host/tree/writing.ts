import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { encodeBytes } from '../../formats/bytes.ts';
import { RescueError } from '../../model/errors.ts';
import type { TreePath } from '../../model/tree.ts';
import { isSystemError } from '../process/system-error.ts';
import type { Spot } from './walk.ts';

/** The primitive steps of writing. */
export type WriteStep =
  | 'create-temporary'
  | 'write'
  | 'copy-attributes'
  | 'flush'
  | 'lift-immutable'
  | 'rename'
  | 'link'
  | 'set-immutable'
  | 'flush-folder'
  | 'remove'
  | 'create-folder'
  | 'remove-folder';

/** Where and how a tree is written. */
export interface Writing {
  readonly root: string;
  /** Called before each step, so that a test can stop the process there. */
  readonly onStep: (step: WriteStep) => void | Promise<void>;
}

/** Runs an action that writes, and says in our words why it could not. */
export const attempt = async <T>(path: TreePath, action: () => Promise<T>): Promise<T> => {
  try {
    return await action();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const options = { cause: error };
    if (error.code === 'ENOSPC' || error.code === 'EDQUOT') throw new RescueError('no-space', { path }, options);
    // EROFS too: the volume was writable when it was opened, so the kernel has given up on a failing disk meanwhile.
    throw new RescueError('write-failed', { path, reason: error.code }, options);
  }
};

/** For files and folders that are ours: new, never a link, never there already. */
export const creating = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Another name in the same folder. */
export const siblingOf = (spot: Spot, name: string): Spot => ({
  path: `${spot.path.slice(0, spot.path.lastIndexOf('/'))}/${name}`,
  folder: spot.folder,
  name,
  entry: Buffer.concat([Buffer.from(`${spot.folder}/`), encodeBytes(name)]),
});

/** A new, renamed or removed name is on the disk for sure only after its folder was flushed (fsync(2)). */
export const flushFolder = async ({ onStep }: Writing, spot: Spot): Promise<void> => {
  await onStep('flush-folder');
  await using folder = await open(spot.folder, constants.O_RDONLY | constants.O_DIRECTORY);
  await folder.sync();
};
