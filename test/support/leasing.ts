import type { Storage, Volume } from '../../src/model/storage.ts';
import type { WritableTree } from '../../src/model/tree.ts';

/** The only volume of a bare file system, an unpartitioned device or a folder; else the first. */
export const firstVolume = async (storage: Storage, path: string): Promise<Volume> => {
  const [disk] = await storage.survey([await storage.identify(path)]);
  const [volume] = disk?.volumes ?? [];
  if (volume === undefined) throw new Error(`no volume in ${path}`);
  return volume;
};

/** Leases the first volume of a source for one piece of work. */
export const leasing = async <T>(
  storage: Storage,
  path: string,
  work: (tree: WritableTree) => Promise<T>,
): Promise<T> => {
  await using lease = await storage.lease(await firstVolume(storage, path));
  return await work(lease.tree);
};
