import { readFile } from 'node:fs/promises';
import { isRescueError } from '../../model/errors.ts';
import { run } from '../process/commands.ts';

/** Whether the running kernel has a driver for file systems of this name, or would load it. */
export const kernelHasDriver = async (name: string): Promise<boolean> => {
  const listed = await readFile('/proc/filesystems', 'utf8').catch(() => '');
  if (new RegExp(`\\t${name}$`, 'm').test(listed)) return true;
  try {
    await run('modprobe', ['--dry-run', '--quiet', name]);
    return true;
  } catch (error) {
    if (!isRescueError(error)) throw error;
    return false; // there is none, or nothing to load it with
  }
};
