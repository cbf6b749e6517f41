import type { SourceView } from '../../../model/recovery.ts';
import type { Volume } from '../../../model/storage.ts';
import type { SpareSuperblock } from './backup-superblock.ts';
import { copyOutOfExt } from './copy.ts';
import { measureExt } from './measure.ts';
import { openExtReader } from './reader.ts';
import { createExtTree } from './tree.ts';

/**
 * An ext2/3/4 volume that the kernel does not mount, by way of debugfs(8); undefined where that does not find a root
 * folder in it either. @throws RescueError tool-missing, tool-timeout
 */
export const openExtView = async (
  volume: Volume,
  spare: SpareSuperblock | undefined,
): Promise<SourceView | undefined> => {
  const reader = await openExtReader(volume, spare);
  if (reader === undefined) return undefined;
  const tree = createExtTree(reader);
  return {
    tree,
    reading: 'file-by-file',
    stream: tree.stream,
    measure: (paths, onSize, signal) => measureExt(reader, tree, paths, onSize, signal),
    copyOut: (request, onProgress) => copyOutOfExt(reader, tree, volume.filesystem?.usedBytes, request, onProgress),
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  };
};
