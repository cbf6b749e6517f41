import type { Layer, Piece } from '../../model/system.ts';
import type { Entry, Tree, TreePath } from '../../model/tree.ts';
import { below, join, parentOf } from '../paths.ts';

/** A layer whose volume is open. */
export interface OpenLayer extends Layer {
  readonly tree: Tree;
}

export interface OpenPiece extends Piece {
  readonly layers: readonly OpenLayer[];
}

/** Where something stands: in which layer of its piece, and where in that layer's volume. */
export interface LayerSpot {
  readonly layer: OpenLayer;
  readonly isTop: boolean;
  readonly path: TreePath;
}

/**
 * Where what a path leads to stands, counted from the piece's root; undefined where nothing is. No link may be on the
 * way; one at the end is not followed.
 */
export const findInLayers = async ({ layers }: OpenPiece, path: TreePath): Promise<LayerSpot | undefined> => {
  const [only] = layers;
  if (only === undefined) return undefined;
  // What is there is asked of the one layer itself.
  if (layers.length === 1) return { layer: only, isTop: true, path: below(only.folder, path) };
  for (const [index, layer] of layers.entries()) {
    const spot = { layer, isTop: index === 0, path: below(layer.folder, path) };
    const standing = await standingIn(layer, path);
    if (standing === 'there') return spot;
    if (standing === 'hidden') return undefined;
  }
  return undefined;
};

/** `hidden`: this layer says that nothing is there, whatever the layers below hold. */
const standingIn = async ({ tree, folder }: OpenLayer, path: TreePath): Promise<'there' | 'hidden' | 'missing'> => {
  const names = path.split('/').filter((name) => name !== '');
  for (let depth = 0; depth < names.length; depth += 1) {
    const at = join(folder, names.slice(0, depth + 1).join('/'));
    if ((await tree.linkTarget(at)) !== undefined) return depth === names.length - 1 ? 'there' : 'hidden';
    const status = await tree.status(at);
    if (status === undefined) return 'missing';
    if (isWhiteout(status.kind)) return 'hidden';
    if (status.kind === 'file' && depth < names.length - 1) return 'hidden';
  }
  return 'there';
};

/**
 * What was deleted stands in the upper layer as a device with the number 0/0 (overlayfs.rst); real devices, FIFOs and
 * sockets are not kept where overlays are used for settings.
 */
const isWhiteout = (kind: Entry['kind']): boolean => kind === 'other';

/** The names of a folder in all layers; the upper ones win. */
export const listInLayers = async (piece: OpenPiece, path: TreePath, limit?: number): Promise<readonly Entry[]> => {
  const [only] = piece.layers;
  if (only && piece.layers.length === 1) return await only.tree.list(below(only.folder, path), limit);
  const entries = new Map<string, Entry>();
  for (const layer of piece.layers) {
    const standing = await standingIn(layer, path);
    if (standing === 'hidden') break;
    if (standing === 'missing') continue;
    for (const entry of await layer.tree.list(below(layer.folder, path), limit))
      if (!entries.has(entry.name)) entries.set(entry.name, entry);
  }
  return [...entries.values()].filter(({ kind }) => piece.layers.length === 1 || !isWhiteout(kind)).slice(0, limit);
};

/** The folders above a path that the topmost layer lacks, from the outside in, as paths in the piece. */
export const missingOnTop = async ({ layers }: OpenPiece, path: TreePath): Promise<readonly TreePath[]> => {
  const [top] = layers;
  const missing: TreePath[] = [];
  if (!top) return missing;
  for (let folder = parentOf(path); folder !== '/'; folder = parentOf(folder)) {
    if ((await top.tree.status(below(top.folder, folder))) !== undefined) break;
    missing.unshift(folder);
  }
  return missing;
};
