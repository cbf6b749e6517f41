import { isRescueError } from '../../../model/errors.ts';
import type { Reading, SourceView } from '../../../model/recovery.ts';
import type { Volume } from '../../../model/storage.ts';
import { isSystemError } from '../../process/system-error.ts';
import { copyOutOfExt } from './copy.ts';
import { measureExt } from './measure.ts';
import { type ExtReader, openExtReader } from './reader.ts';
import { createExtTree } from './tree.ts';

/**
 * An ext2/3/4 volume that is read without the kernel's driver, in its newest state; undefined where there is none.
 * @param isRefused the kernel does not mount it
 */
export const openExtView = async (volume: Volume, isRefused: boolean): Promise<SourceView | undefined> => {
  const reader = await openExtReader(volume);
  if (reader === undefined) return undefined;
  const tree = createExtTree(reader);
  return {
    tree,
    reading: isRefused ? 'file-by-file' : readingOf(reader),
    stream: tree.stream,
    measure: (paths, onSize, signal) => measureExt(reader, tree, paths, onSize, signal),
    copyOut: (request, onProgress) => copyOutOfExt(reader, tree, volume.filesystem?.usedBytes, request, onProgress),
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  };
};

/**
 * The same where it is not the volume that keeps the kernel from mounting it: nobody is root, or no loop device is left.
 * @param error what became of mounting it
 */
export const openWithoutMount = async (volume: Volume, error: unknown): Promise<SourceView | undefined> => {
  const isWithoutMeans = isRescueError(error) && (error.code === 'need-root' || error.code === 'no-loop-device');
  if (!isWithoutMeans || !/^ext[234]$/.test(volume.filesystem?.type ?? 'ext4')) return undefined;
  return await openExtView(volume, false).catch(unlessSystemError);
};

/** Somebody else's device: root would have to look. */
const unlessSystemError = (error: unknown): undefined => {
  if (!isSystemError(error)) throw error;
};

const readingOf = ({ opened }: ExtReader): Reading => {
  if (opened.isFromSpare) return 'backup-superblock';
  if (opened.journal === 'replayed') return 'newest';
  return opened.needsRecovery ? 'without-journal' : 'as-is';
};
