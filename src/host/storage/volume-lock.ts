import { type StdioOptions, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { decodeBytes } from '../../formats/bytes.ts';
import { type FileLock, parseLockedInodes } from '../../formats/locks.ts';
import { RescueError } from '../../model/errors.ts';
import type { Volume } from '../../model/storage.ts';
import { formatDevice } from '../disks/running-system.ts';
import { endWithUs } from '../process/running-tools.ts';
import { isSystemError, unless } from '../process/system-error.ts';
import { toolEnvironment } from '../process/tool-environment.ts';

/** Another run's write and its proof take seconds; who waits longer is told why. */
const patienceSeconds = 30;

/** flock(1): somebody else has the lock. */
const conflict = 1;

/** The locks that all runs of Sparekey on this machine share, in whatever mount namespace. */
export interface VolumeLocks {
  /**
   * Takes the lock on everything that a volume lies on: the whole disk below a partition, each leg of a RAID, the image
   * below a loop device. It goes with the process, however that ends.
   * @param onWait called when another run has it
   * @throws RescueError volume-locked
   */
  lock(volume: Volume, onWait: () => void): Promise<AsyncDisposable>;
  /** Waits while another run writes: what it is in the middle of would look like damage. */
  waitForWriter(volume: Volume): Promise<void>;
  /** Whether the lock is ours. */
  holds(volume: Volume): Promise<boolean>;
}

/** @param rootsOf what a volume lies on in the end */
export const createVolumeLocks = (
  rootsOf: (volume: Volume) => readonly Pick<Volume, 'kind' | 'path'>[] = (volume) => [volume],
): VolumeLocks => {
  const anchorsOf = async (volume: Volume): Promise<readonly Anchor[]> =>
    inOrder((await Promise.all(rootsOf(volume).map(anchorsUnder))).flat());

  const held = new Set<string>();

  const lock = async (volume: Volume, onWait: () => void): Promise<AsyncDisposable> => {
    const handles: FileHandle[] = [];
    const keys: string[] = [];
    const release = async () => {
      for (const key of keys) held.delete(key);
      for (const handle of handles) await handle.close();
    };
    try {
      // In one order for everybody: two runs that each have what the other wants would wait in vain.
      for (const { path, key } of await anchorsOf(volume)) {
        const handle = await openAnchor(path);
        if (handle === undefined) continue;
        handles.push(handle);
        const isLocked = (await flock(handle, ['--nonblock'])) || (await waitFor(handle, onWait));
        if (!isLocked) throw new RescueError('volume-locked', { selector: volume.selector });
        held.add(key);
        keys.push(key);
      }
    } catch (error) {
      await release();
      throw error;
    }
    return { [Symbol.asyncDispose]: release };
  };

  const holds = async (volume: Volume): Promise<boolean> => {
    const anchors = await anchorsOf(volume);
    return anchors.length > 0 && anchors.every(({ key }) => held.has(key));
  };

  const waitForWriter = async (volume: Volume): Promise<void> => {
    const anchors = (await anchorsOf(volume)).filter(({ key }) => !held.has(key));
    const isWriter = ({ kind, mode }: FileLock) => kind === 'FLOCK' && mode === 'WRITE';
    const locked = parseLockedInodes(await readFile('/proc/locks'), isWriter);
    for (const { path, inode } of anchors) {
      if (!locked.has(inode)) continue;
      await using handle = await openAnchor(path);
      if (handle === undefined) continue;
      // Shared, and let go at once. Whoever keeps it for ever keeps nobody from looking.
      await flock(handle, ['--shared', '--timeout', String(patienceSeconds)]);
    }
  };

  return { lock, holds, waitForWriter };
};

const waitFor = async (handle: FileHandle, onWait: () => void): Promise<boolean> => {
  onWait();
  return await flock(handle, ['--timeout', String(patienceSeconds)]);
};

/** What is gone, or cannot be read, cannot be locked either: who writes to it next says so. */
const openAnchor = (path: string): Promise<FileHandle | undefined> =>
  open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error) => {
    if (!isSystemError(error)) throw error;
    return undefined;
  });

/**
 * flock(2), which Node lacks. The lock belongs to the open file, which flock(1) has from us as its descriptor 3, and
 * which stays locked when flock(1) has ended.
 */
const flock = (handle: FileHandle, options: readonly string[]): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const stdio: StdioOptions = ['ignore', 'ignore', 'ignore', handle.fd];
    const child = endWithUs(spawn('flock', [...options, '3'], { env: toolEnvironment, stdio, detached: true }));
    child.on('error', (cause) => reject(new RescueError('tool-missing', { tool: 'flock' }, { cause })));
    // Another exit code is that of a network share without locks, where nobody has one.
    child.on('close', (code) => resolve(code !== conflict));
  });

/** A file, folder or device node that is locked for a volume. */
interface Anchor {
  readonly path: string;
  readonly inode: number;
  /** By which it is known whatever its path. */
  readonly key: string;
}

const anchorsUnder = async ({ kind, path }: Pick<Volume, 'kind' | 'path'>): Promise<readonly Anchor[]> => {
  const paths = kind === 'device' ? await bottomsOf(path) : [path];
  return (await Promise.all(paths.map(anchorAt))).filter((anchor) => anchor !== undefined);
};

/** Each once, and for everybody in the same order. */
const inOrder = (anchors: readonly Anchor[]): readonly Anchor[] => {
  const byKey = new Map(anchors.map((anchor) => [anchor.key, anchor]));
  return [...byKey.values()].toSorted((one, other) => (one.key < other.key ? -1 : 1));
};

/** Undefined for what is gone: who opens it next says so. */
const anchorAt = async (path: string): Promise<Anchor | undefined> => {
  const status = await stat(path).catch(unless('ENOENT', 'ENXIO', 'ENODEV', 'ENOTDIR'));
  return status && { path, inode: status.ino, key: `${status.dev}:${status.ino}` };
};

/** The whole disks, or the image files, that a block device ends up on (Linux, Documentation/ABI/testing/sysfs-block). */
const bottomsOf = async (path: string): Promise<readonly string[]> => {
  const status = await stat(path).catch(unless('ENOENT', 'ENXIO', 'ENODEV'));
  if (status === undefined) return [];
  return await bottomsBelow(await realpath(`/sys/dev/block/${formatDevice(status.rdev)}`));
};

const bottomsBelow = async (folder: string): Promise<readonly string[]> => {
  const read = async (file: string) => {
    const bytes = await readFile(`${folder}/${file}`).catch(unless('ENOENT', 'ENXIO'));
    return bytes && decodeBytes(bytes).replace(/\n$/, '');
  };
  if ((await read('partition')) !== undefined) return await bottomsBelow(dirname(folder));
  const slaves = await readdir(`${folder}/slaves`).catch(unless('ENOENT'));
  const found = await Promise.all(
    (slaves ?? []).map(async (name) => bottomsBelow(await realpath(`${folder}/slaves/${name}`))),
  );
  if (found.length > 0) return found.flat();
  const backing = await read('loop/backing_file');
  const status = backing === undefined ? undefined : await stat(backing).catch(unless('ENOENT', 'ENOTDIR', 'EACCES'));
  // A file that was moved, or that another mount namespace has, is known by its loop device alone.
  if (backing === undefined || status === undefined) return [`/dev/${basename(folder).replaceAll('!', '/')}`];
  return status.isBlockDevice() ? await bottomsOf(backing) : [backing];
};
