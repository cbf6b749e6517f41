import { decodeBytes } from '../../formats/bytes.ts';
import type { Layer } from '../../model/system.ts';
import type { Tree, TreePath } from '../../model/tree.ts';
import { readFstab } from '../fstab-pieces.ts';
import { findSourceVolume } from '../fstab-source.ts';
import { kindAt, listIfPossible, readIfPossible, resolveIfPossible, statusIfPossible } from '../look.ts';
import { below, join } from '../paths.ts';
import { type ComposedTree, composeTree } from '../tree/composed-tree.ts';
import { rootFolders } from './btrfs.ts';
import type { Ground, Layout, Root } from './layout.ts';

/** Deployments of one machine: two or three as a rule; a stranger's folder may hold any number. */
const deploymentsLookedAt = 50;
const entriesLookedAt = 50;

/**
 * Fedora Silverblue, Kinoite, CoreOS, IoT, Bazzite, Endless: several roots lie side by side in /ostree/deploy, and what
 * starts the machine says which is used. Each has an /etc of its own; all of them share one /var (ostree: adapting.md).
 */
export const ostree: Layout = {
  id: 'ostree',

  async find(ground) {
    const roots: Root[] = [];
    for (const folder of ['/', ...(ground.defaultFolder ? await rootFolders(ground) : [])]) {
      const root = await deploymentIn(ground, folder);
      if (root) roots.push(root);
    }
    return roots;
  },
};

/** A deployment, and the sibling folder that it takes for its /var. */
interface Deployment {
  readonly path: TreePath;
  readonly variable: TreePath;
}

const deploymentIn = async (ground: Ground, folder: TreePath): Promise<Root | undefined> => {
  const { volume, tree } = ground;
  const sysroot = composeTree([{ at: '/', layers: [{ volume, folder, tree }] }]);
  const deployments = await listDeployments(sysroot);
  const chosen = (await bootedDeployment(ground, sysroot, deployments)) ?? (await newest(sysroot, deployments));
  if (chosen === undefined) return undefined;
  const layer = (path: TreePath): Layer => ({ volume, folder: below(folder, path) });
  return {
    pieces: [
      { at: '/', layers: [layer(chosen.path)] },
      { at: '/var', layers: [layer(chosen.variable)] },
      { at: '/sysroot', layers: [layer('/')] },
    ],
  };
};

const listDeployments = async (sysroot: Tree): Promise<readonly Deployment[]> => {
  const found: Deployment[] = [];
  const names = async (path: TreePath) =>
    (await listIfPossible(sysroot, path)).flatMap(({ name, kind }) => (kind === 'directory' ? [name] : []));
  for (const name of (await names('/ostree/deploy')).slice(0, deploymentsLookedAt)) {
    const ofSystem = join('/ostree/deploy', name);
    for (const deployment of (await names(join(ofSystem, 'deploy'))).slice(0, deploymentsLookedAt)) {
      const path = join(ofSystem, `deploy/${deployment}`);
      if ((await kindAt(sysroot, join(path, 'etc'))) === 'directory')
        found.push({ path, variable: join(ofSystem, 'var') });
    }
  }
  return found;
};

/** The one that the first boot loader entry starts; undefined where the entries cannot be read. */
const bootedDeployment = async (
  ground: Ground,
  sysroot: ComposedTree,
  deployments: readonly Deployment[],
): Promise<Deployment | undefined> => {
  const own = await firstEntry(sysroot, '/boot');
  const entry = own ?? (await firstEntryElsewhere(ground, sysroot, deployments));
  if (entry === undefined) return undefined;
  // ostree=/ostree/boot.1/fedora/CHECKSUM/0 is a link to the deployment.
  const path = await resolveIfPossible(sysroot, entry);
  return deployments.find((each) => each.path === path);
};

/** /boot on a partition of its own, which a deployment's fstab names. */
const firstEntryElsewhere = async (
  { volume, siblings, withSibling }: Ground,
  sysroot: Tree,
  deployments: readonly Deployment[],
): Promise<TreePath | undefined> => {
  for (const { path } of deployments) {
    const lines = await readFstab(rootedAt(sysroot, path));
    const source = lines.find(({ mountPoint }) => mountPoint === '/boot')?.source;
    const found =
      source === undefined
        ? undefined
        : findSourceVolume(source, { volumes: siblings, root: volume, rootSource: undefined });
    const entry =
      found && 'volume' in found ? await withSibling(found.volume, (tree) => firstEntry(tree, '/')) : undefined;
    if (entry !== undefined) return entry;
  }
  // CoreOS has no line for it, and finds it by its label.
  for (const sibling of siblings.filter(({ filesystem }) => filesystem?.label === 'boot')) {
    const entry = await withSibling(sibling, (tree) => firstEntry(tree, '/'));
    if (entry !== undefined) return entry;
  }
  return undefined;
};

const rootedAt = (tree: Tree, folder: TreePath): Tree => ({
  ...tree,
  read: (path, limitBytes) => tree.read(below(folder, path), limitBytes),
});

/** Of the entries the one with the highest version is the first of the menu (Boot Loader Specification; ostree numbers them). */
const firstEntry = async (tree: Tree, boot: TreePath): Promise<TreePath | undefined> => {
  const folder = join(boot, 'loader/entries');
  const names = (await listIfPossible(tree, folder)).map(({ name }) => name).filter((name) => name.endsWith('.conf'));
  const entries = await Promise.all(
    names.slice(0, entriesLookedAt).map(async (name) => {
      const text = decodeBytes((await readIfPossible(tree, join(folder, name))) ?? new Uint8Array());
      const [, path] = /^options\s(?:.*\s)?ostree=(\/\S+)/m.exec(text) ?? [];
      const [, version = '0'] = /^version\s+(\S+)/m.exec(text) ?? [];
      return path === undefined ? undefined : { path, version, name };
    }),
  );
  const known = entries.filter((entry) => entry !== undefined);
  return known.toSorted((one, other) => compare(one.version, other.version) || compare(one.name, other.name)).at(-1)
    ?.path;
};

const compare = (one: string, other: string): number => one.localeCompare(other, 'en', { numeric: true });

/** Without the entries: the one that was made last. */
const newest = async (tree: Tree, deployments: readonly Deployment[]): Promise<Deployment | undefined> => {
  const dated = await Promise.all(
    deployments.map(async (deployment) => {
      const origin = await statusIfPossible(tree, `${deployment.path}.origin`);
      const status = origin ?? (await statusIfPossible(tree, deployment.path));
      return { deployment, atMs: status?.modifiedAtMs ?? 0 };
    }),
  );
  return dated.toSorted((one, other) => one.atMs - other.atMs).at(-1)?.deployment;
};
