import type { Look, Volume } from '../model/storage.ts';
import type { Piece } from '../model/system.ts';
import { type ComposedTree, composeTree } from '../systems/tree/composed-tree.ts';

/** A system's tree, its volumes open read-only. */
export interface OpenedSystem extends AsyncDisposable {
  readonly tree: ComposedTree;
}

/** Opens every volume that a system's tree is put together from. @throws RescueError what Storage.look throws */
export const openPieces = async (
  look: (volume: Volume) => Promise<Look>,
  pieces: readonly Piece[],
): Promise<OpenedSystem> => {
  const looks = new Map<Volume, Look>();
  const close = async () => {
    for (const each of looks.values()) await each[Symbol.asyncDispose]();
  };
  try {
    for (const { volume } of pieces.flatMap(({ layers }) => layers))
      if (!looks.has(volume)) looks.set(volume, await look(volume));
  } catch (error) {
    await close();
    throw error;
  }
  const treeOf = (volume: Volume) => {
    const opened = looks.get(volume);
    if (opened === undefined) throw new Error(`not open: ${volume.selector}`);
    return opened.tree;
  };
  const opened = pieces.map((piece) => ({
    ...piece,
    layers: piece.layers.map((layer) => ({ ...layer, tree: treeOf(layer.volume) })),
  }));
  return { tree: composeTree(opened), [Symbol.asyncDispose]: close };
};

/** A volume by itself: its root is the root of the tree. */
export const wholeVolume = (volume: Volume): readonly Piece[] => [{ at: '/', layers: [{ volume, folder: '/' }] }];
