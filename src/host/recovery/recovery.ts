import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { RescueError } from '../../model/errors.ts';
import type { Reading, Recovery, SourceView } from '../../model/recovery.ts';
import type { Volume } from '../../model/storage.ts';
import type { TreePath } from '../../model/tree.ts';
import { signaturePath } from '../boot-medium.ts';
import { createMounts, type MountedVolume, type Mounts } from '../mounts.ts';
import { isSystemError } from '../system-error.ts';
import { assertFile, createTree, openQuietly } from '../tree.ts';
import { walk } from '../walk.ts';
import { findBackupSuperblock } from './backup-superblock.ts';
import { cloneDevice } from './clone.ts';
import { copyOut } from './copy-out.ts';
import { measure } from './measure.ts';
import { freeBytesAt, listPlaces, openPlace } from './places.ts';
import { rawOf } from './raw-path.ts';
import { writeFile, writeNote } from './write-note.ts';

const chunkBytes = 1 << 20;

export interface RecoveryOptions {
  /** The file with the disk signature of the medium that this machine was started from. */
  readonly ownSignature?: string;
}

/** Getting files out of this machine's disks, images and folders. Dispose it to leave nothing mounted. */
export const createRecovery = ({ ownSignature = signaturePath }: RecoveryOptions = {}): Recovery & AsyncDisposable => {
  const mounts = createMounts();
  return {
    open: (volume) => openView(mounts, volume),
    listPlaces: (disks, source) => listPlaces(mounts, ownSignature, disks, source),
    openPlace: (place) => openPlace(mounts, place),
    freeBytesAt,
    digestSource,
    clone: cloneDevice,
    writeFile,
    writeNote,
    [Symbol.asyncDispose]: () => mounts[Symbol.asyncDispose](),
  };
};

const openView = async (mounts: Mounts, volume: Volume): Promise<SourceView> => {
  const { mounted, reading } = await mount(mounts, volume);
  const { root } = mounted;
  // The mount's own name goes through another process; held open, the folder is reached directly.
  const handle = await open(root, constants.O_RDONLY | constants.O_DIRECTORY);
  const sourceRoot = `/proc/self/fd/${handle.fd}`;
  return {
    tree: createTree(root),
    reading,
    stream: (path) => stream(root, path),
    measure: (paths, onSize, signal) => measure(sourceRoot, paths.map(rawOf), onSize, signal),
    copyOut: (request, onProgress) => copyOut(sourceRoot, volume.filesystem?.usedBytes, request, onProgress),
    [Symbol.asyncDispose]: async () => {
      await handle.close();
      await mounted[Symbol.asyncDispose]();
    },
  };
};

const mount = async (mounts: Mounts, volume: Volume): Promise<{ mounted: MountedVolume; reading: Reading }> => {
  if (volume.kind === 'folder')
    return { mounted: { root: volume.path, [Symbol.asyncDispose]: async () => {} }, reading: 'as-is' };
  const isExt = /^ext[234]$/.test(volume.filesystem?.type ?? 'ext4');
  try {
    const mounted = await mounts.look(volume);
    return { mounted, reading: volume.filesystem?.state === 'dirty' ? 'without-journal' : 'as-is' };
  } catch (error) {
    const isRefused = error instanceof RescueError && error.code === 'cannot-mount';
    const block = isRefused && isExt ? await findBackupSuperblock(volume) : undefined;
    if (block === undefined) throw error;
    const asExt: Volume = { ...volume, filesystem: { type: 'ext4', state: 'errors' } };
    return { mounted: await mounts.look(asExt, [`sb=${block}`]), reading: 'backup-superblock' };
  }
};

async function* stream(root: string, path: TreePath): AsyncGenerator<Uint8Array> {
  const handle = await walk(root, path, async ({ stats, entry }) => {
    if (stats === undefined) return undefined;
    assertFile(path, stats);
    return await openQuietly(entry);
  });
  if (handle === undefined) throw new RescueError('file-missing', { path });
  try {
    for (;;) {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new RescueError('read-failed', { path, reason: error.code }, { cause: error });
  } finally {
    await handle.close();
  }
}

/** The next chunk is read while the last one is hashed. */
const digestSource: Recovery['digestSource'] = async (path, onProgress) => {
  const hash = createHash('sha256');
  try {
    await using handle = await open(path);
    const totalBytes = (await stat(path)).size;
    const buffers = [Buffer.allocUnsafe(4 * chunkBytes), Buffer.allocUnsafe(4 * chunkBytes)] as const;
    const readInto = (buffer: Buffer, at: number) => handle.read(buffer, 0, buffer.length, at);
    let doneBytes = 0;
    let [current, next] = buffers;
    let reading = readInto(current, 0);
    for (;;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return hash.digest('hex');
      doneBytes += bytesRead;
      reading = readInto(next, doneBytes);
      hash.update(current.subarray(0, bytesRead));
      [current, next] = [next, current];
      onProgress(doneBytes, Math.max(totalBytes, doneBytes));
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new RescueError('read-failed', { path, reason: error.code }, { cause: error });
  }
};
