import type { Volume } from '../../src/model/storage.ts';
import type { Piece } from '../../src/model/system.ts';
import type { Tree } from '../../src/model/tree.ts';
import { type ComposedTree, composeTree } from '../../src/systems/tree/composed-tree.ts';
import { volumeOf } from './volume.ts';

/** A volume of this name whose content a test gives elsewhere. */
export const namedVolume = (name: string, different: Partial<Volume> = {}): Volume =>
  volumeOf({ id: name, selector: name, path: `/dev/${name}`, ...different });

/** What these pieces make of trees that are held in memory, by the selectors of their volumes. */
export const composed = (pieces: readonly Piece[], trees: Readonly<Record<string, Tree>>): ComposedTree => {
  const treeOf = ({ selector }: Volume): Tree => {
    const tree = trees[selector];
    if (tree === undefined) throw new Error(`no tree for ${selector}`);
    return tree;
  };
  return composeTree(
    pieces.map((piece) => ({
      ...piece,
      layers: piece.layers.map((layer) => ({ ...layer, tree: treeOf(layer.volume) })),
    })),
  );
};
