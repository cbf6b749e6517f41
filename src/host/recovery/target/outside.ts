import { readFile, readlink, stat } from 'node:fs/promises';
import { parseMountinfo } from '../../../formats/mountinfo.ts';
import { RescueError } from '../../../model/errors.ts';

/**
 * A copy into a folder of the source itself would never end.
 * @param folder the target, or the folder around it, as an open folder's path
 * @param named what a person calls the target
 * @throws RescueError target-inside-source
 */
export const assertOutside = async (folder: string, sourceRoot: string, named: string): Promise<void> => {
  if ((await isBelow(folder, sourceRoot)) || (await isBelowElsewhere(folder, sourceRoot)))
    throw new RescueError('target-inside-source', { path: named });
};

const isBelow = async (folder: string, sourceRoot: string): Promise<boolean> => {
  const source = await stat(`${sourceRoot}/.`);
  let below: { readonly dev: number; readonly ino: number } | undefined;
  // Upwards as the kernel goes: the target may be a mount that only we have, and then has no path of its own.
  for (let path = `${folder}/.`; ; path += '/..') {
    const { dev, ino } = await stat(path);
    if (dev === source.dev && ino === source.ino) return true;
    if (dev === below?.dev && ino === below.ino) return false;
    below = { dev, ino };
  }
};

/** The same folder of the same file system, but mounted a second time (mount(8), --bind). */
const isBelowElsewhere = async (folder: string, sourceRoot: string): Promise<boolean> => {
  const [target, source] = await Promise.all([placeOf(folder), placeOf(sourceRoot)]);
  if (target === undefined || source === undefined || target.device !== source.device) return false;
  return `${target.path}/`.startsWith(source.path === '/' ? '/' : `${source.path}/`);
};

/** Where an open folder lies in its file system; undefined where its mount is not among ours. */
const placeOf = async (folder: string): Promise<{ readonly device: string; readonly path: string } | undefined> => {
  const id = /^mnt_id:\s*(\d+)$/m.exec(await readFile(folder.replace('/fd/', '/fdinfo/'), 'utf8'))?.[1];
  const lines = (await readFile('/proc/self/mountinfo', 'latin1')).split('\n');
  const line = lines.find((each) => each.startsWith(`${id} `)) ?? '';
  const [mount] = parseMountinfo(Buffer.from(line, 'latin1'));
  if (mount === undefined) return undefined;
  const path = await readlink(folder);
  const inside = mount.mountPoint === '/' ? path : path.slice(mount.mountPoint.length);
  return { device: mount.device, path: `${mount.root === '/' ? '' : mount.root}${inside}` || '/' };
};
