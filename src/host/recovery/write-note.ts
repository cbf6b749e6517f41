import { link, mkdir, open, rename, unlink } from 'node:fs/promises';
import { RescueError } from '../../model/errors.ts';
import type { Recovery } from '../../model/recovery.ts';
import { isSystemError, unless } from '../system-error.ts';
import { unusable } from './target.ts';

/** Recovery.writeNote. What stood there under that name is replaced: it is our own, from an earlier run. */
export const writeNote: Recovery['writeNote'] = async (folder, name, content) => {
  const path = `${folder}/${name}`;
  await toTarget(path, async () => {
    await mkdir(folder, 0o755).catch(unless('EEXIST'));
    await fill(`${path}.new`, [Buffer.from(content)]);
    await rename(`${path}.new`, path);
  });
};

/** Recovery.writeFile. The name is given to the finished file, and only where it is still free. */
export const writeFile: Recovery['writeFile'] = async (folder, name, content) => {
  const path = `${folder}/${name}`;
  await toTarget(path, async () => {
    await mkdir(folder, 0o755).catch(unless('EEXIST'));
    const growing = `${path}.sparekey-new`;
    try {
      await fill(growing, content);
      await giveName(growing, path);
    } finally {
      await unlink(growing).catch(unless('ENOENT'));
    }
  });
};

/** A hard link never replaces anything, unlike a rename; FAT has none, and there the name is looked up first. */
const giveName = async (growing: string, path: string): Promise<void> => {
  try {
    await link(growing, path);
  } catch (error) {
    if (!isSystemError(error) || (error.code !== 'EPERM' && error.code !== 'ENOTSUP')) throw error;
    await using _handle = await open(path, 'wx');
    await rename(growing, path);
  }
};

const fill = async (path: string, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> => {
  await using file = await open(path, 'w', 0o600);
  for await (const chunk of content) await file.writeFile(chunk);
  await file.sync();
};

/** @throws RescueError target-exists, target-unusable */
const toTarget = async (path: string, action: () => Promise<void>): Promise<void> => {
  try {
    await action();
  } catch (error) {
    if (isSystemError(error) && error.code === 'EEXIST')
      throw new RescueError('target-exists', { path }, { cause: error });
    throw unusable(path, error);
  }
};
