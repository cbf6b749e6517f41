import { RescueError } from '../../model/errors.ts';
import type { Volume } from '../../model/storage.ts';
import type { Entry, Tree, TreePath } from '../../model/tree.ts';
import { below, parentOf } from '../paths.ts';
import { findInLayers, type LayerSpot, listInLayers, missingOnTop, type OpenLayer, type OpenPiece } from './layers.ts';

/** The tree of a system as it sees it when it runs, put together from folders of several volumes. */
export interface ComposedTree extends Tree {
  /**
   * Where something stands, links followed: the volume and the path there, and whether it lies in the layer that is
   * written to. undefined where nothing is.
   */
  locate(path: TreePath): Promise<Located | undefined>;
  /**
   * Where a new name would stand. No link may be on the way. @throws RescueError file-missing where that part of the
   * system is on no disk that could be opened
   */
  place(path: TreePath): Promise<Placed>;
}

export interface Located {
  readonly volume: Volume;
  readonly path: TreePath;
  readonly isTop: boolean;
}

export interface Placed extends Pick<Located, 'volume' | 'path'> {
  /** Folders that are there, but in a lower layer only: in the written one they have to be made first, from the outside in. */
  readonly folders: readonly { readonly seen: TreePath; readonly path: TreePath }[];
}

/** As the kernel's own limit (path_resolution(7)). */
const maxLinks = 40;

interface Spot {
  /** As the system sees it, without any link. */
  readonly path: TreePath;
  readonly piece: OpenPiece;
  /** Counted from the piece's root. */
  readonly local: TreePath;
}

/** @param pieces one of them at `/` */
export const composeTree = (pieces: readonly OpenPiece[]): ComposedTree => {
  // The innermost is asked first; of two at one place the later one lies over the other (mount(8)).
  const innermostFirst = pieces.toReversed().toSorted((one, other) => other.at.length - one.at.length);

  const spotOf = (path: TreePath): Spot => {
    const piece = innermostFirst.find(({ at }) => isBelow(path, at));
    if (piece === undefined) throw new Error('a tree without a root');
    return { path, piece, local: piece.at === '/' ? path : path.slice(piece.at.length) || '/' };
  };

  const linkAt = async ({ piece, local }: Spot): Promise<string | undefined> => {
    if (local === '/') return undefined;
    const found = await findInLayers(piece, local);
    return found && (await found.layer.tree.linkTarget(found.path));
  };

  /** Follows links; the last one only where `followLast`. What is missing is walked over. */
  const follow = async (path: TreePath, followLast = true): Promise<Spot> => {
    const quick = followLast ? await withoutLinks(path) : undefined;
    if (quick) return quick;
    const todo = partsOf(path);
    let at: string[] = [];
    let links = 0;
    for (let name = todo.shift(); name !== undefined; name = todo.shift()) {
      if (name === '..') {
        at = at.slice(0, -1);
        continue;
      }
      const spot = spotOf(`/${[...at, name].join('/')}`);
      const target = todo.length > 0 || followLast ? await linkAt(spot) : undefined;
      if (target === undefined) {
        at.push(name);
        continue;
      }
      if (++links > maxLinks) throw new RescueError('path-loop', { path });
      if (target.startsWith('/')) at = [];
      todo.unshift(...partsOf(target));
    }
    return spotOf(`/${at.join('/')}`);
  };

  /** Most paths have no link on the way: then one question to the volume itself is enough. */
  const withoutLinks = async (path: TreePath): Promise<Spot | undefined> => {
    if (/\/(\.{0,2})(\/|$)/.test(path) && path !== '/') return undefined;
    const spot = spotOf(path);
    const [only, ...others] = spot.piece.layers;
    if (only === undefined || others.length > 0) return undefined;
    const inVolume = below(only.folder, spot.local);
    return (await only.tree.resolve(inVolume)) === inVolume ? spot : undefined;
  };

  const ask = async <T>(path: TreePath, action: (found: LayerSpot) => Promise<T>): Promise<T | undefined> => {
    const { piece, local } = await follow(path);
    const found = await findInLayers(piece, local);
    return found && (await action(found));
  };

  const list = async (path: TreePath, limit?: number): Promise<readonly Entry[]> => {
    const spot = await follow(path);
    const entries = await listInLayers(spot.piece, spot.local, limit);
    const known = new Set(entries.map(({ name }) => name));
    const mounted = pieces.filter(({ at, layers }) => at !== '/' && layers.length > 0 && parentOf(at) === spot.path);
    const names = mounted.map(({ at }) => at.slice(at.lastIndexOf('/') + 1)).filter((name) => !known.has(name));
    return [...entries, ...names.map((name): Entry => ({ name, kind: 'directory' }))];
  };

  return {
    read: (path, limitBytes) => ask(path, (found) => found.layer.tree.read(found.path, limitBytes)),
    readStart: (path, byteCount) => ask(path, (found) => found.layer.tree.readStart(found.path, byteCount)),
    readRange: (path, offsetBytes, byteCount) =>
      ask(path, (found) => found.layer.tree.readRange(found.path, offsetBytes, byteCount)),
    status: (path) => ask(path, (found) => found.layer.tree.status(found.path)),
    label: (path) => ask(path, (found) => found.layer.tree.label(found.path)),
    isImmutable: async (path) => (await ask(path, (found) => found.layer.tree.isImmutable(found.path))) ?? false,
    list,
    linkTarget: async (path) => linkAt(await follow(path, false)),
    resolve: async (path) => {
      const spot = await follow(path);
      const found = await findInLayers(spot.piece, spot.local);
      const isThere = found !== undefined && (await found.layer.tree.status(found.path)) !== undefined;
      return isThere ? spot.path : undefined;
    },
    locate: async (path) => {
      const { piece, local } = await follow(path);
      const found = await findInLayers(piece, local);
      const isThere = found !== undefined && (await found.layer.tree.status(found.path)) !== undefined;
      return isThere ? { volume: found.layer.volume, path: found.path, isTop: found.isTop } : undefined;
    },
    place: async (path) => {
      const { piece, local } = await follow(path, false);
      const [top, ...lower] = piece.layers;
      if (top === undefined) throw new RescueError('file-missing', { path });
      const missing = lower.length > 0 ? await missingOnTop(piece, local) : [];
      const folders: { seen: TreePath; path: TreePath }[] = [];
      for (const folder of missing)
        if (await findInLayers(piece, folder)) folders.push({ seen: seenOf(piece, folder), path: pathOn(top, folder) });
      return { volume: top.volume, path: pathOn(top, local), folders };
    },
  };
};

const pathOn = ({ folder }: OpenLayer, local: TreePath): TreePath => below(folder, local);

const seenOf = ({ at }: OpenPiece, local: TreePath): TreePath => below(at, local);

const isBelow = (path: TreePath, at: TreePath): boolean => at === '/' || path === at || path.startsWith(`${at}/`);

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.');
