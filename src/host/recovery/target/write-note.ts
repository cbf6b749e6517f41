import { RescueError } from '../../../model/errors.ts';
import type { Recovery } from '../../../model/recovery.ts';
import { putFile } from '../../foreign/files.ts';
import { heldFolder } from '../../foreign/held-folder.ts';
import { isSystemError } from '../../process/system-error.ts';
import { unusable } from './target.ts';

/** Recovery.writeNote. What stood there under that name is replaced: it is our own, from an earlier run. */
export const writeNote: Recovery['writeNote'] = (folder, name, content) =>
  toTarget(`${folder}/${name}`, async () => {
    const opened = await heldFolder.take(folder, { isMade: true });
    try {
      await putFile(opened, name, [Buffer.from(content)], { mode: 0o600, replaces: true });
    } finally {
      await heldFolder.giveBack(opened);
    }
  });

/** Recovery.writeFile. The name is given to the finished file, and only where it is still free. */
export const writeFile: Recovery['writeFile'] = (folder, name, content) =>
  toTarget(`${folder}/${name}`, async () => {
    const opened = await heldFolder.take(folder, { isMade: true });
    try {
      await putFile(opened, name, content, { mode: 0o600, replaces: false });
    } finally {
      await heldFolder.hold(opened, Number.POSITIVE_INFINITY);
    }
  });

/** @throws RescueError target-exists, target-unusable, target-is-link, target-not-ours */
const toTarget = async (path: string, action: () => Promise<void>): Promise<void> => {
  try {
    await action();
  } catch (error) {
    if (isSystemError(error) && error.code === 'EEXIST')
      throw new RescueError('target-exists', { path }, { cause: error });
    throw unusable(path, error);
  }
};
