import { constants, type Dirent, type Stats } from 'node:fs';
import { type FileHandle, open, opendir, readdir, readlink } from 'node:fs/promises';
import { decodeBytes } from '../../formats/bytes.ts';
import { RescueError } from '../../model/errors.ts';
import type { Entry, EntryKind, FileStatus, Tree, TreePath } from '../../model/tree.ts';
import { isSystemError } from '../process/system-error.ts';
import { labelOf, readFlags } from './attributes.ts';
import { handlePath, openFolder, orMissing, type Spot, walk } from './walk.ts';

const defaultLimitBytes = 4 * 1024 * 1024;

/** A read view of the folder at `root`. Nothing that it holds can lead out of it. */
export const createTree = (root: string): Tree => {
  const at = <T>(path: TreePath, action: (spot: Spot, stats: Stats) => Promise<T>): Promise<T | undefined> =>
    walk(root, path, async (spot) => (spot.stats ? orMissing(path, action(spot, spot.stats)) : undefined));

  const readRange: Tree['readRange'] = (path, offsetBytes, byteCount) =>
    at(path, async (spot, stats) => {
      assertFile(path, stats);
      await using handle = await openQuietly(spot.entry);
      assertFile(path, await handle.stat());
      return await readAtMost(handle, offsetBytes, byteCount);
    });

  return {
    read: (path, limitBytes = defaultLimitBytes) =>
      at(path, async (spot, stats) => {
        assertSmallFile(path, stats, limitBytes);
        await using handle = await openQuietly(spot.entry);
        // Again, on what was really opened: the name could have changed hands.
        const opened = await handle.stat();
        assertSmallFile(path, opened, limitBytes);
        return await readUpTo(handle, path, opened.size, limitBytes);
      }),
    readStart: (path, byteCount) => readRange(path, 0, byteCount),
    readRange,
    list: async (path, limit) =>
      (await at(path, async (spot, stats) => {
        if (!stats.isDirectory()) return [];
        await using folder = await openFolder(spot.entry);
        if (limit !== undefined) return await listSome(handlePath(folder), limit);
        const entries = await readdir(handlePath(folder), { withFileTypes: true, encoding: 'buffer' });
        return entries.map((entry): Entry => ({ name: decodeBytes(entry.name), kind: kindOf(entry) }));
      })) ?? [],
    status: (path) => at(path, async (_, stats) => statusOf(stats)),
    resolve: (path) => at(path, async (spot) => spot.path),
    linkTarget: (path) =>
      walk(
        root,
        path,
        async ({ stats, entry }) =>
          stats?.isSymbolicLink()
            ? decodeBytes((await orMissing(path, readlink(entry, { encoding: 'buffer' }))) ?? new Uint8Array())
            : undefined,
        { followLast: false },
      ),
    label: (path) => at(path, (spot) => labelOf(spot)),
    isImmutable: async (path) => (await at(path, async (spot) => /[ia]/.test(await readFlags(spot)))) ?? false,
  };
};

/** No more than `limit` entries, read in portions, so that however many there are, few are held. */
const listSome = async (folder: string, limit: number): Promise<readonly Entry[]> => {
  const entries: Entry[] = [];
  // Latin-1 keeps every byte; opendir's types know no Buffers.
  for await (const entry of await opendir(folder, { encoding: 'latin1', bufferSize: 1024 })) {
    if (entries.length >= limit) break;
    entries.push({ name: decodeBytes(Buffer.from(entry.name, 'latin1')), kind: kindOf(entry) });
  }
  return entries;
};

/** Without changing its access time, and without waiting for anybody at the other end of a FIFO. */
export const openQuietly = async (entry: Buffer): Promise<FileHandle> => {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
  try {
    return await open(entry, flags | constants.O_NOATIME);
  } catch (error) {
    // O_NOATIME is for the owner and for root only (open(2)).
    if (isSystemError(error) && error.code === 'EPERM') return open(entry, flags);
    throw error;
  }
};

/** @throws RescueError not-a-file, file-too-large */
const assertSmallFile = (path: TreePath, stats: Stats, limitBytes: number): void => {
  assertFile(path, stats);
  if (stats.size > limitBytes) throw new RescueError('file-too-large', { path, sizeBytes: stats.size, limitBytes });
};

/** @throws RescueError not-a-file */
export const assertFile = (path: TreePath, stats: Stats): void => {
  if (!stats.isFile()) throw new RescueError('not-a-file', { path, kind: preciseKindOf(stats) });
};

/** Reads to the end, whatever size the file claims: it may grow meanwhile, or claim nothing (as in /proc). */
const readUpTo = async (
  handle: FileHandle,
  path: TreePath,
  claimedBytes: number,
  limitBytes: number,
): Promise<Uint8Array> => {
  const chunkBytes = Math.min(claimedBytes + 1, 64 * 1024);
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for (;;) {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(chunkBytes));
    if (bytesRead === 0) return Buffer.concat(chunks);
    sizeBytes += bytesRead;
    if (sizeBytes > limitBytes) throw new RescueError('file-too-large', { path, sizeBytes, limitBytes });
    chunks.push(buffer.subarray(0, bytesRead));
  }
};

const readAtMost = async (handle: FileHandle, offsetBytes: number, byteCount: number): Promise<Uint8Array> => {
  const bytes = Buffer.alloc(byteCount);
  let filled = 0;
  while (filled < byteCount) {
    const { bytesRead } = await handle.read(bytes, filled, byteCount - filled, offsetBytes + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
};

const statusOf = (stats: Stats): FileStatus => ({
  kind: kindOf(stats),
  sizeBytes: stats.size,
  mode: stats.mode & 0o7777,
  uid: stats.uid,
  gid: stats.gid,
  modifiedAtMs: stats.mtimeMs,
});

type FileType = Pick<Stats, 'isFile' | 'isDirectory' | 'isSymbolicLink' | 'isFIFO' | 'isSocket' | 'isBlockDevice'>;

const kindOf = (type: FileType | Dirent | Dirent<Buffer>): EntryKind => {
  if (type.isFile()) return 'file';
  if (type.isDirectory()) return 'directory';
  return type.isSymbolicLink() ? 'symlink' : 'other';
};

const preciseKindOf = (type: FileType): string => {
  const kind = kindOf(type);
  if (kind !== 'other') return kind;
  if (type.isFIFO()) return 'fifo';
  if (type.isSocket()) return 'socket';
  return type.isBlockDevice() ? 'block-device' : 'character-device';
};
