import { mkdir, open, rename } from 'node:fs/promises';
import { RescueError } from '../../model/errors.ts';
import { isSystemError, unless } from '../system-error.ts';

/** Writes a text file into a folder of this machine, whole or not at all. @throws RescueError target-unusable */
export const writeNote = async (folder: string, name: string, content: string): Promise<void> => {
  const path = `${folder}/${name}`;
  try {
    await mkdir(folder, 0o755).catch(unless('EEXIST'));
    {
      await using file = await open(`${path}.new`, 'w', 0o644);
      await file.writeFile(content);
      await file.sync();
    }
    await rename(`${path}.new`, path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new RescueError('target-unusable', { path, reason: error.code }, { cause: error });
  }
};
