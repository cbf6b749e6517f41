import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { RescueError } from '../../model/errors.ts';
import type { TreePath } from '../../model/tree.ts';
import { assertFile } from './tree.ts';
import { walk } from './walk.ts';
import { attempt, type Writing } from './writing.ts';

/**
 * WritableTree.patchFile: for records in files that are too large to be made anew, such as pam_tally2's, which has a place
 * for every user id there could be.
 */
export const patchFile = async (
  writing: Writing,
  path: TreePath,
  offsetBytes: number,
  content: Uint8Array,
): Promise<void> => {
  const isPatched = await attempt(path, () =>
    walk(writing.root, path, async (spot) => {
      if (spot.stats === undefined) return false;
      assertFile(path, spot.stats);
      await using handle = await open(spot.entry, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
      const stats = await handle.stat();
      assertFile(path, stats);
      if (stats.size < offsetBytes + content.length) throw new RescueError('write-failed', { path, reason: 'EINVAL' });
      await writing.onStep('write');
      await handle.write(content, 0, content.length, offsetBytes);
      await writing.onStep('flush');
      await handle.sync();
      return true;
    }),
  );
  if (!isPatched) throw new RescueError('file-missing', { path });
};
