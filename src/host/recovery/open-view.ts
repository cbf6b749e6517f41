import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { isRescueError, RescueError } from '../../model/errors.ts';
import type { Reading, SourceView } from '../../model/recovery.ts';
import type { Volume } from '../../model/storage.ts';
import type { TreePath } from '../../model/tree.ts';
import { driverFor } from '../mounts/filesystems.ts';
import type { MountedVolume, Mounts } from '../mounts/mounts.ts';
import { isSystemError } from '../process/system-error.ts';
import { rawOf } from '../tree/raw-path.ts';
import { assertFile, createTree, openQuietly } from '../tree/tree.ts';
import { walk } from '../tree/walk.ts';
import { copyOut } from './copy/copy-out.ts';
import { measure } from './copy/measure.ts';
import { findBackupSuperblock, type SpareSuperblock } from './ext/backup-superblock.ts';
import { openSecondWay } from './ext/skipped-folders.ts';
import { openExtView, openWithoutMount } from './ext/view.ts';
import { openOverlay } from './overlay.ts';

const chunkBytes = 1 << 20;
const firstChunkBytes = 1 << 14;

/** Recovery.open. The source is only ever read, by whichever way leads to the newest state of its files. */
export const openView = async (mounts: Mounts, volume: Volume): Promise<SourceView> => {
  if (volume.kind === 'folder')
    return await viewOf(
      { root: volume.path, device: '', source: '', [Symbol.asyncDispose]: async () => {} },
      'as-is',
      volume,
    );
  try {
    return await openMounted(mounts, volume);
  } catch (error) {
    const isDamaged = isRefusal(error) && isExt(volume);
    const view = isDamaged ? await openDamaged(mounts, volume) : await openWithoutMount(volume, error);
    if (view === undefined) throw error;
    return view;
  }
};

/** What blkid does not know may be one whose first superblock is bad. */
const isExt = ({ filesystem }: Volume): boolean => /^ext[234]$/.test(filesystem?.type ?? 'ext4');

/** What the kernel mounts. Where writes were under way, they are finished in memory if that can be, else left out. */
const openMounted = async (mounts: Mounts, volume: Volume): Promise<SourceView> => {
  const { replayOptions } = driverFor(volume.filesystem?.type) ?? {};
  if (replayOptions === undefined) return await viewOf(await mounts.look(volume), 'as-is', volume);
  // Through a device that cannot be written to, the kernel refuses what it would have to replay first.
  const clean = await mounts.look(volume, replayOptions).catch(unlessRefused);
  if (clean) return await viewOf(clean, 'as-is', volume);
  const newest = await openOverlay(mounts, volume).catch(unlessRescueError);
  if (newest) return await viewOf(newest, 'newest', volume);
  return await viewOf(await mounts.look(volume), 'without-journal', volume);
};

/** An ext2/3/4 that does not mount; undefined where nothing can be made of it. */
const openDamaged = async (mounts: Mounts, volume: Volume): Promise<SourceView | undefined> => {
  const spare = await findBackupSuperblock(volume);
  if (spare) {
    const mounted = await mounts.look(asExt(volume), spareOptions(spare)).catch(unlessRefused);
    if (mounted) return await viewOf(mounted, 'backup-superblock', volume);
  }
  // What blkid does not know, and what has no spare either, is no ext at all.
  if (volume.filesystem === undefined && spare === undefined) return undefined;
  return await openExtView(volume, true);
};

/** blkid cannot tell without the first superblock. */
const asExt = (volume: Volume): Volume => ({ ...volume, filesystem: { type: 'ext4', state: 'errors' } });

const spareOptions = ({ offsetBytes }: SpareSuperblock): readonly string[] => ['noload', `sb=${offsetBytes / 1024}`];

const isRefusal = (error: unknown): boolean =>
  isRescueError(error) && (error.code === 'cannot-mount' || error.code === 'read-only-device');

const unlessRefused = (error: unknown): undefined => {
  if (!isRefusal(error)) throw error;
};

/** The overlay is the best way, but not the only one. */
const unlessRescueError = (error: unknown): undefined => {
  if (!isRescueError(error)) throw error;
};

const viewOf = async (mounted: MountedVolume, reading: Reading, volume: Volume): Promise<SourceView> => {
  const { root, device } = mounted;
  // The mount's own name goes through another process; held open, the folder is reached directly.
  const handle = await open(root, constants.O_RDONLY | constants.O_DIRECTORY);
  const sourceRoot = `/proc/self/fd/${handle.fd}`;
  return {
    tree: createTree(root),
    reading,
    stream: (path, startBytes) => stream(root, path, startBytes),
    measure: (paths, onSize, signal) => measure(sourceRoot, paths.map(rawOf), onSize, signal),
    copyOut: async (request, onProgress) => {
      const secondWay = isExt(volume) && volume.kind !== 'folder' ? await openSecondWay(volume, device) : undefined;
      return await copyOut(
        { root: sourceRoot, usedBytes: volume.filesystem?.usedBytes, secondWay },
        request,
        onProgress,
      );
    },
    [Symbol.asyncDispose]: async () => {
      await handle.close();
      await mounted[Symbol.asyncDispose]();
    },
  };
};

async function* stream(root: string, path: TreePath, startBytes = 0): AsyncGenerator<Uint8Array> {
  const handle = await walk(root, path, async ({ stats, entry }) => {
    if (stats === undefined) return undefined;
    assertFile(path, stats);
    return await openQuietly(entry);
  });
  if (handle === undefined) throw new RescueError('file-missing', { path });
  try {
    // Who goes from header to header of an archive wants little of each place.
    let length = firstChunkBytes;
    for (let at = startBytes; ; length = chunkBytes) {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, at);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new RescueError('read-failed', { path, reason: error.code }, { cause: error });
  } finally {
    await handle.close();
  }
}
