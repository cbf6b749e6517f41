import type { Volume } from '../../model/storage.ts';
import type { Piece, Place } from '../../model/system.ts';
import type { Tree, TreePath } from '../../model/tree.ts';

/** A volume in which a layout looks for the roots of installed systems. */
export interface Ground extends Pick<Place, 'siblings' | 'withSibling'> {
  readonly volume: Volume;
  /** The whole volume, with every subvolume as a folder. */
  readonly tree: Tree;
  /** The folder that is mounted where none is named; asked only of file systems that have such a choice. */
  readonly defaultFolder?: () => Promise<TreePath>;
}

/** How the tree of an installed system begins: what is at `/`, and what belongs to it without standing in its fstab. */
export interface Root {
  readonly pieces: readonly Piece[];
  /** What stands at the volume's own root is a part of this, and no system by itself. */
  readonly replacesWhole?: true;
}

/** A way in which systems keep their root elsewhere than at the root of a volume. One file each. */
export interface Layout {
  readonly id: string;
  /** Silent (none) on every volume that is not laid out so. */
  find(ground: Ground): Promise<readonly Root[]>;
}
