import { RescueError } from '../../model/errors.ts';
import type { Digest } from '../../model/plan.ts';
import type { Tree, TreePath } from '../../model/tree.ts';
import { digestOf } from '../digest.ts';

/** Home Assistant's list of sessions can grow to this. */
export const changedLimitBytes = 16 * 1024 * 1024;

/** A file's content, which must be the one that was planned for. @throws RescueError plan-stale */
export const readExpected = async (tree: Tree, path: TreePath, expected: Digest): Promise<Uint8Array> => {
  const content = await tree.read(path, changedLimitBytes);
  if (content === undefined || digestOf(content) !== expected) throw new RescueError('plan-stale', { path });
  return content;
};

/** The digest of what is there; undefined where nothing is. */
export const digestAt = async (tree: Tree, path: TreePath): Promise<Digest | undefined> => {
  const content = await tree.read(path, changedLimitBytes);
  return content && digestOf(content);
};

/** Another name in the same folder. */
export const siblingPath = (path: TreePath, name: string): TreePath => path.replace(/[^/]*$/, () => name);
