import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { RescueError } from '../../model/errors.ts';
import type { Recovery } from '../../model/recovery.ts';
import { heldFolder } from '../foreign/held-folder.ts';
import { identityPath } from '../medium/identity.ts';
import { createMounts } from '../mounts/mounts.ts';
import { isSystemError } from '../process/system-error.ts';
import { cloneDevice } from './clone.ts';
import { openView } from './open-view.ts';
import { freeBytesAt, listPlaces, openPlace } from './target/places.ts';
import { writeFile, writeNote } from './target/write-note.ts';

const chunkBytes = 1 << 20;

export interface RecoveryOptions {
  /** The file with the identity of the medium that this machine was started from. */
  readonly ownIdentity?: string;
}

/** Getting files out of this machine's disks, images and folders. Dispose it to leave nothing mounted. */
export const createRecovery = ({ ownIdentity = identityPath }: RecoveryOptions = {}): Recovery & AsyncDisposable => {
  const mounts = createMounts();
  return {
    open: (volume) => openView(mounts, volume),
    listPlaces: (disks, source) => listPlaces(mounts, ownIdentity, disks, source),
    openPlace: (place) => openPlace(mounts, place),
    freeBytesAt,
    digestSource,
    clone: cloneDevice,
    writeFile,
    writeNote,
    [Symbol.asyncDispose]: async () => {
      await heldFolder[Symbol.asyncDispose]();
      await mounts[Symbol.asyncDispose]();
    },
  };
};

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
