import { isRescueError } from '../../model/errors.ts';
import type { InstalledSystem, LandmarkName } from '../../model/system.ts';
import type { Tree, TreePath } from '../../model/tree.ts';

/** A well-known place that is there. */
export interface FoundLandmark {
  readonly name: LandmarkName;
  /** Links followed. */
  readonly paths: readonly TreePath[];
}

/** The well-known places of a system that are on its volume. */
export const findLandmarks = async (
  tree: Tree,
  { profile, detection }: Pick<InstalledSystem, 'profile' | 'detection'>,
): Promise<readonly FoundLandmark[]> => {
  const found: FoundLandmark[] = [];
  for (const { name, paths } of profile.landmarks ?? []) {
    const present: TreePath[] = [];
    for (const path of paths) {
      const resolved = await resolveIfPossible(tree, absolute(detection.home, path));
      if (resolved !== undefined && !present.includes(resolved)) present.push(resolved);
    }
    if (present.length > 0) found.push({ name, paths: present });
  }
  return found;
};

/** `../backup` seen from `/supervisor/homeassistant` is `/supervisor/backup`; the tree follows the dots. */
const absolute = (home: TreePath, path: string): TreePath => (path.startsWith('/') ? path : `${home}/${path}`);

/** undefined where nothing is, or where that cannot be told. */
const resolveIfPossible = async (tree: Tree, path: TreePath): Promise<TreePath | undefined> => {
  try {
    const resolved = await tree.resolve(path);
    return resolved !== undefined && (await tree.status(resolved)) !== undefined ? resolved : undefined;
  } catch (error) {
    if (isRescueError(error)) return undefined;
    throw error;
  }
};
