import { type FstabEntry, parseFstab } from '../formats/fstab.ts';
import { isSleepingSwap, swapHeadBytes } from '../formats/swap-signature.ts';
import { isRescueError } from '../model/errors.ts';
import type { Tree, TreePath } from '../model/tree.ts';
import { kindAt, readIfPossible } from '../systems/look.ts';
import { isPath, join } from '../systems/paths.ts';

/** Where installers and tutorials put swap files: Ubuntu, Home Assistant OS, dphys-swapfile, btrfs layouts, by hand. */
const usualSwapFiles: readonly TreePath[] = [
  '/swapfile',
  '/swap.img',
  '/swap/swapfile',
  '/var/swap',
  '/var/swapfile',
  '/swap/swap.img',
  '/.swapfile',
  '/swapfile1',
  '/@swap/swapfile',
];
/** Where the root of an installed system may stand in a volume: its own root, or a btrfs subvolume. */
const usualRoots: readonly TreePath[] = ['/', '/@', '/root', '/@rootfs'];
/** A stranger's fstab may be long. */
const filesAsked = 100;

/** The swap files that the systems of a volume name in their fstab(5), as paths of the running system. */
export const namedSwapFiles = async (tree: Tree): Promise<readonly TreePath[]> => {
  const tables = await Promise.all(usualRoots.map((root) => readFstab(tree, root)));
  return [...new Set(tables.flatMap(swapFilesIn))].slice(0, filesAsked);
};

/** @param named swap files of this system, or of another volume of the same machine @returns the one that a system sleeps in */
export const findSleepingSwapFile = async (tree: Tree, named: readonly TreePath[]): Promise<TreePath | undefined> => {
  const subvolumes = (await Promise.all(usualRoots.map((root) => readFstab(tree, root)))).flat();
  const candidates = usualRoots.flatMap((root) => [
    ...usualSwapFiles.map((path) => below(root, path)),
    ...named.flatMap((path) => [...tailsOf(path), ...inSubvolumes(path, subvolumes)]).map((path) => below(root, path)),
  ]);
  for (const path of new Set(candidates)) if (await isAsleep(tree, path)) return path;
  return undefined;
};

/** Those of the paths that nothing stands at in this tree. */
export const missingFrom = async (tree: Tree, paths: readonly TreePath[]): Promise<readonly TreePath[]> => {
  const kinds = await Promise.all(paths.map((path) => kindAt(tree, path)));
  return paths.filter((_, index) => kinds[index] === undefined);
};

const readFstab = async (tree: Tree, root: TreePath): Promise<readonly FstabEntry[]> =>
  parseFstab((await readIfPossible(tree, join(root, 'etc/fstab'))) ?? new Uint8Array());

const swapFilesIn = (entries: readonly FstabEntry[]): readonly TreePath[] =>
  entries.flatMap(({ source, type }) =>
    type === 'swap' && isPath(source) && !source.startsWith('/dev/') ? [source] : [],
  );

const below = (root: TreePath, path: TreePath): TreePath => join(root, path.slice(1));

/** `/data/swap/file` may stand at `/swap/file` of the volume that is mounted on /data. */
const tailsOf = (path: TreePath): readonly TreePath[] => {
  const parts = path.split('/').slice(1);
  return parts.map((_, index) => `/${parts.slice(index).join('/')}`);
};

/** Where a path stands when what is mounted above it is a subvolume (btrfs(5): `subvol=`). */
const inSubvolumes = (path: TreePath, entries: readonly FstabEntry[]): readonly TreePath[] =>
  entries.flatMap(({ mountPoint, options }) => {
    const subvolume = options.find((option) => option.startsWith('subvol='))?.slice('subvol='.length);
    if (subvolume === undefined || !path.startsWith(below(mountPoint, '/'))) return [];
    return [`/${subvolume.replace(/^\//, '')}${path.slice(mountPoint === '/' ? 0 : mountPoint.length)}`];
  });

const isAsleep = async (tree: Tree, path: TreePath): Promise<boolean> => {
  try {
    const head = await tree.readStart(path, swapHeadBytes);
    return head !== undefined && isSleepingSwap(head);
  } catch (error) {
    if (isRescueError(error)) return false; // a folder, a loop of links: no swap file
    throw error;
  }
};
