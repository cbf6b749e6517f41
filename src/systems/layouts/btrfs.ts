import type { Tree, TreePath } from '../../model/tree.ts';
import { readFstab, subvolumeOf } from '../fstab-pieces.ts';
import { kindAt, listIfPossible } from '../look.ts';
import { join } from '../paths.ts';
import { composeTree } from '../tree/composed-tree.ts';
import type { Ground, Layout } from './layout.ts';

/** Subvolumes at the top of a volume; snapshots are kept in folders of their own, or named after what they are of. */
const subvolumesLookedInto = 100;

/**
 * The root in a subvolume: `@` (Ubuntu, Arch, Mint), `root` (Fedora), `@rootfs` (Debian), or the one that is mounted
 * where none is named (openSUSE's `@/.snapshots/1/snapshot`, which a rollback changes).
 */
export const btrfs: Layout = {
  id: 'btrfs',

  async find(ground) {
    if (ground.volume.filesystem?.type !== 'btrfs' && ground.defaultFolder === undefined) return [];
    const { volume } = ground;
    const folders = await rootFolders(ground);
    return folders.map((folder) => ({ pieces: [{ at: '/', layers: [{ volume, folder }] }] }));
  },
};

/** The folders of a btrfs in which a system stands, other than its own root. */
export const rootFolders = async (ground: Ground): Promise<readonly TreePath[]> => {
  const { tree, defaultFolder } = ground;
  const preferred = (await defaultFolder?.()) ?? '/';
  const names = (await listIfPossible(tree, '/')).flatMap(({ name, kind }) => (kind === 'directory' ? [name] : []));
  const folders = [preferred, ...names.slice(0, subvolumesLookedInto).map((name) => join('/', name))];
  const found: TreePath[] = [];
  for (const folder of new Set(folders))
    if (folder !== '/' && (await isRoot(tree, folder)) && (await isItself(ground, folder, preferred)))
      found.push(folder);
  return found;
};

const signs: readonly string[] = ['etc/os-release', 'usr/lib/os-release', 'etc/passwd', 'ostree/repo'];

const isRoot = async (tree: Tree, folder: TreePath): Promise<boolean> => {
  for (const sign of signs) if ((await kindAt(tree, join(folder, sign))) !== undefined) return true;
  return (
    (await kindAt(tree, join(folder, 'etc'))) === 'directory' &&
    (await kindAt(tree, join(folder, 'usr'))) === 'directory'
  );
};

/**
 * Whether a system that stands here starts from here. Its fstab tells: a snapshot carries that of what it is a copy of,
 * so it names another subvolume; where none is named, the default one is started.
 */
const isItself = async ({ tree, volume }: Ground, folder: TreePath, preferred: TreePath): Promise<boolean> => {
  const own = composeTree([{ at: '/', layers: [{ volume, folder, tree }] }]);
  const line = (await readFstab(own)).find(({ mountPoint }) => mountPoint === '/');
  const named = line && subvolumeOf(line);
  if (named !== undefined) return named === folder;
  return preferred === '/' || folder === preferred;
};
