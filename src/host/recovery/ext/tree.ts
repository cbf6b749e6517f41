import { rootInode } from '../../../ext/inode.ts';
import { decodeBytes, encodeBytes } from '../../../formats/bytes.ts';
import { RescueError } from '../../../model/errors.ts';
import type { Entry, FileStatus, Tree, TreePath } from '../../../model/tree.ts';
import { type ExtReader, isImmutable } from './reader.ts';
import type { FoundEntry, FoundInode } from './reader-messages.ts';

const defaultLimitBytes = 4 * 1024 * 1024;
/** As the kernel's own limit (path_resolution(7)). */
const maxLinks = 40;
/** Folders whose names are remembered, and names in each: a walk goes through the same few again and again. */
const foldersKept = 50;
const namesKept = 5000;

/** What a path leads to. */
export interface Place {
  readonly path: TreePath;
  readonly number: number;
  readonly inode: FoundInode;
}

/** A tree, and where its paths lead to. */
export interface ExtTree extends Tree {
  /** undefined where nothing is. @throws RescueError path-loop, read-failed */
  locate(path: TreePath): Promise<Place | undefined>;
  /** A file's bytes. @throws RescueError not-a-file, file-missing, read-failed */
  stream(path: TreePath, startBytes?: number): AsyncIterable<Uint8Array>;
}

/** The tree of a file system that is read by its inodes. */
export const createExtTree = (reader: ExtReader): ExtTree => {
  const remembered = new Map<number, ReadonlyMap<string, number>>();

  const inodeOf = async (number: number, path: TreePath): Promise<FoundInode> => {
    const inode = await reader.describe(number);
    if (inode === undefined) throw new RescueError('read-failed', { path, reason: 'EIO' });
    return inode;
  };

  /** The number of what has this name in a folder. */
  const lookUp = async (folder: number, name: string): Promise<number | undefined> => {
    const known = remembered.get(folder);
    if (known) return known.get(name);
    const names = new Map<string, number>();
    let found: number | undefined;
    await reader.list(folder, (entries) => {
      for (const entry of entries) {
        if (entry.name === name) found ??= entry.inode;
        if (names.size <= namesKept && !names.has(entry.name)) names.set(entry.name, entry.inode);
      }
    });
    if (names.size <= namesKept) remembered.set(folder, names);
    const [oldest] = remembered.keys();
    if (remembered.size > foldersKept && oldest !== undefined) remembered.delete(oldest);
    return found;
  };

  const locate = async (path: TreePath): Promise<Place | undefined> => {
    if (path.includes('\0')) return undefined;
    const todo = partsOf(latin1Of(path));
    const folders: { readonly name: string; readonly number: number }[] = [];
    const here = () => folders.at(-1)?.number ?? rootInode;
    let links = 0;
    for (let name = todo.shift(); name !== undefined; name = todo.shift()) {
      if (name === '..') {
        folders.pop();
        continue;
      }
      const number = await lookUp(here(), name);
      if (number === undefined) return undefined;
      const inode = await inodeOf(number, path);
      if (inode.kind === 'symlink') {
        if (++links > maxLinks) throw new RescueError('path-loop', { path });
        const target = inode.linkTarget;
        if (target.startsWith('/')) folders.length = 0;
        todo.unshift(...partsOf(target));
        continue;
      }
      if (inode.kind !== 'directory') {
        const parent = pathOf(folders);
        return todo.length > 0 ? undefined : { path: `${parent === '/' ? '' : parent}/${textOf(name)}`, number, inode };
      }
      folders.push({ name, number });
    }
    return { path: pathOf(folders), number: here(), inode: await inodeOf(here(), path) };
  };

  const linkTarget = async (path: TreePath): Promise<string | undefined> => {
    const parts = partsOf(path);
    const name = parts.pop();
    if (name === undefined || name === '..') return undefined;
    const folder = await locate(`/${parts.join('/')}`);
    const number = folder?.inode.kind === 'directory' ? await lookUp(folder.number, latin1Of(name)) : undefined;
    const inode = number === undefined ? undefined : await inodeOf(number, path);
    return inode?.kind === 'symlink' ? textOf(inode.linkTarget) : undefined;
  };

  async function* stream(path: TreePath, startBytes = 0): AsyncGenerator<Uint8Array> {
    const place = await locate(path);
    if (place === undefined) throw new RescueError('file-missing', { path });
    yield* contentOf(reader, path, place, startBytes);
  }

  const readRange: Tree['readRange'] = async (path, offsetBytes, byteCount) => {
    const place = await locate(path);
    if (place === undefined) return undefined;
    const parts: Uint8Array[] = [];
    let sizeBytes = 0;
    for await (const bytes of contentOf(reader, path, place, offsetBytes)) {
      parts.push(bytes);
      sizeBytes += bytes.length;
      if (sizeBytes >= byteCount) break;
    }
    return Buffer.concat(parts).subarray(0, byteCount);
  };

  return {
    locate,
    stream,
    read: async (path, limitBytes = defaultLimitBytes) => {
      const place = await locate(path);
      if (place === undefined) return undefined;
      const { sizeBytes } = place.inode;
      if (place.inode.kind === 'file' && sizeBytes > limitBytes)
        throw new RescueError('file-too-large', { path, sizeBytes, limitBytes });
      const parts: Uint8Array[] = [];
      for await (const bytes of contentOf(reader, path, place)) parts.push(bytes);
      return Buffer.concat(parts);
    },
    readStart: (path, byteCount) => readRange(path, 0, byteCount),
    readRange,
    list: async (path, limit = Infinity) => {
      const place = await locate(path);
      if (place?.inode.kind !== 'directory') return [];
      const listed: FoundEntry[] = [];
      const { reason } = await reader.list(place.number, (entries) => {
        listed.push(...entries.slice(0, limit - listed.length));
      });
      if (listed.length === 0 && reason !== undefined) throw new RescueError('read-failed', { path, reason });
      return listed.map(({ name, kind }): Entry => ({ name: textOf(name), kind }));
    },
    status: async (path) => {
      const place = await locate(path);
      return place && statusOf(place.inode);
    },
    resolve: async (path) => (await locate(path))?.path,
    linkTarget,
    label: async (path) => {
      const place = await locate(path);
      return place?.inode.label;
    },
    isImmutable: async (path) => {
      const place = await locate(path);
      return place !== undefined && isImmutable(place.inode);
    },
  };
};

const zeros = Buffer.alloc(1 << 20);

/** Holes as zeros; the first byte that cannot be read ends it. */
async function* contentOf(
  reader: ExtReader,
  path: TreePath,
  { inode }: Place,
  fromBytes = 0,
): AsyncGenerator<Uint8Array> {
  if (inode.kind !== 'file') throw new RescueError('not-a-file', { path, kind: inode.what });
  if (inode.lost.length > 0) throw new RescueError('read-failed', { path, reason: 'EIO' });
  let at = fromBytes;
  const skipTo = function* (endBytes: number): Generator<Uint8Array> {
    for (; at < endBytes; at += Math.min(zeros.length, endBytes - at)) yield zeros.subarray(0, endBytes - at);
  };
  for await (const { startBytes, content, bad } of reader.pieces(inode, fromBytes)) {
    if (bad.length > 0) throw new RescueError('read-failed', { path, reason: 'EIO' });
    yield* skipTo(startBytes);
    if (content.length > 0) yield content;
    at += content.length;
  }
  yield* skipTo(inode.sizeBytes);
}

const statusOf = ({ kind, sizeBytes, mode, uid, gid, modifiedAtNs }: FoundInode): FileStatus => ({
  ...{ kind, sizeBytes, mode, uid, gid },
  modifiedAtMs: Number(modifiedAtNs / 1_000_000n),
});

const latin1Of = (path: TreePath): string => Buffer.from(encodeBytes(path)).toString('latin1');

const textOf = (name: string): string => decodeBytes(Buffer.from(name, 'latin1'));

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.');

const pathOf = (folders: readonly { readonly name: string }[]): TreePath =>
  folders.map(({ name }) => `/${textOf(name)}`).join('') || '/';
