import { readFile } from 'node:fs/promises';
import { release } from 'node:os';

/** Whether the running kernel has a driver of this name, built in, loaded, or as a module that it would load. */
export const kernelHasDriver = async (name: string): Promise<boolean> => {
  const listed = await readQuietly('/proc/filesystems');
  if (new RegExp(`\\t${name}$`, 'm').test(listed)) return true;
  const modules = await readQuietly(`/lib/modules/${release()}/modules.dep`);
  return new RegExp(`/${name}\\.ko[.a-z0-9]*:`, 'm').test(modules);
};

const readQuietly = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
