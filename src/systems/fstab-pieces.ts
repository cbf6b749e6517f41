import { type FstabEntry, parseFstab } from '../formats/fstab.ts';
import type { MissingPartReason } from '../model/plan.ts';
import type { Volume } from '../model/storage.ts';
import type { Layer, Piece } from '../model/system.ts';
import type { Tree, TreePath } from '../model/tree.ts';
import { findSourceVolume, type SourceContext } from './fstab-source.ts';
import { readIfPossible } from './look.ts';
import { below } from './paths.ts';

/** What a system's own fstab adds to its root. */
export interface FollowedFstab {
  readonly pieces: readonly Piece[];
  /** What it names and what could not be found. */
  readonly missing: readonly MissingPart[];
}

export interface MissingPart {
  readonly at: TreePath;
  readonly source: string;
  readonly reason: MissingPartReason;
}

export interface FstabContext extends Pick<SourceContext, 'volumes'> {
  readonly root: Layer;
  /** What the system's tree is put together from already. */
  readonly pieces: readonly Piece[];
  /** Whether a volume can be opened, and else why not. */
  refusalOf(volume: Volume): MissingPartReason | undefined;
  /** The folder that a mount shows where no subvolume is named. */
  defaultFolderOf(volume: Volume): Promise<TreePath>;
}

/**
 * Where people's files and the system's own programs are. Never /etc: whatever an fstab says, a system's accounts are
 * those beside it, or in the overlay that its own vendor puts over them.
 */
const followed = /^\/(usr|var|home|root|srv|opt|nix)(\/|$)/;
/** A stranger's fstab may be long. */
const longestFstab = 100;

/** The lines of a system's fstab(5). */
export const readFstab = async (tree: Tree): Promise<readonly FstabEntry[]> =>
  parseFstab((await readIfPossible(tree, '/etc/fstab')) ?? new Uint8Array()).slice(0, longestFstab);

/** The subvolume that a line of a btrfs names, as a folder of the whole volume; undefined where it names none. */
export const subvolumeOf = ({ options }: FstabEntry): TreePath | undefined => {
  const option = options.findLast((each) => each.startsWith('subvol='))?.slice('subvol='.length);
  if (option !== undefined) return normalPath(option);
  // The whole volume always has this number (btrfs(5), subvolid).
  return options.some((each) => /^subvolid=0*5$/.test(each)) ? '/' : undefined;
};

/** Follows the system's own fstab to the volumes that are here. */
export const followFstab = async (entries: readonly FstabEntry[], context: FstabContext): Promise<FollowedFstab> => {
  const rootSource = entries.find(({ mountPoint }) => mountPoint === '/')?.source;
  const sources: SourceContext = { volumes: context.volumes, root: context.root.volume, rootSource };
  const pieces: Piece[] = [];
  const missing: MissingPart[] = [];
  const pieceAt = (path: TreePath): Layer | undefined => layerAt([...context.pieces, ...pieces], path);
  const inOrder = entries.toSorted((one, other) => Number(isOverlay(one)) - Number(isOverlay(other)));
  for (const entry of inOrder) {
    const at = normalPath(entry.mountPoint);
    if (at === undefined || !isFollowed(entry, at)) continue;
    const found = await layersOf(entry, sources, context, pieceAt);
    if ('reason' in found) missing.push({ at, source: entry.source, reason: found.reason });
    pieces.push({ at, layers: 'layers' in found ? found.layers : [] });
  }
  return { pieces, missing };
};

type Layers = { readonly layers: readonly Layer[] } | { readonly reason: MissingPartReason };

const layersOf = async (
  entry: FstabEntry,
  sources: SourceContext,
  context: FstabContext,
  pieceAt: (path: TreePath) => Layer | undefined,
): Promise<Layers> => {
  if (isOverlay(entry)) return overlayLayers(entry, pieceAt);
  if (isBind(entry)) {
    const path = normalPath(entry.source);
    const layer = path === undefined ? undefined : pieceAt(path);
    return layer ? { layers: [layer] } : { reason: 'unnamed' };
  }
  if (isNetwork(entry)) return { reason: 'network' };
  const found = findSourceVolume(entry.source, sources);
  if ('reason' in found) return found;
  const { volume } = found;
  const reason = context.refusalOf(volume);
  if (reason !== undefined) return { reason };
  const named = subvolumeOf(entry);
  const isUnnamed = named === undefined && entry.options.some((each) => each.startsWith('subvolid='));
  if (isUnnamed) return { reason: 'unnamed' };
  return { layers: [{ volume, folder: named ?? (await context.defaultFolderOf(volume)) }] };
};

/** overlayfs.rst; MicroOS names its folders from where its root stands while it starts, /sysroot. */
const overlayLayers = ({ options }: FstabEntry, pieceAt: (path: TreePath) => Layer | undefined): Layers => {
  const named = (option: string) => options.find((each) => each.startsWith(option))?.slice(option.length);
  const folders = [named('upperdir='), ...(named('lowerdir=') ?? '').split(':')].filter((each) => each);
  const layers = folders.map((folder) => {
    const path = normalPath((folder ?? '').replace(/^\/sysroot(?=\/)/, ''));
    return path === undefined ? undefined : pieceAt(path);
  });
  const known = layers.filter((layer) => layer !== undefined);
  return known.length === layers.length && known.length > 1 ? { layers: known } : { reason: 'unnamed' };
};

/** The folder of a volume that a path of the system leads to, where no link is on the way. */
const layerAt = (pieces: readonly Piece[], path: TreePath): Layer | undefined => {
  const around = pieces.filter(({ at }) => at === '/' || path === at || path.startsWith(`${at}/`));
  const innermost = around.toSorted((one, other) => one.at.length - other.at.length).at(-1);
  const [layer] = innermost?.layers ?? [];
  if (innermost === undefined || layer === undefined) return undefined;
  const local = innermost.at === '/' ? path : path.slice(innermost.at.length) || '/';
  return { volume: layer.volume, folder: below(layer.folder, local) };
};

const isFollowed = (entry: FstabEntry, at: TreePath): boolean => {
  if (/^(swap|tmpfs|proc|sysfs|devtmpfs|autofs)$/.test(entry.type)) return false;
  // What starts at the first access is there all the same (systemd.mount(5)).
  if (entry.options.includes('noauto') && !entry.options.includes('x-systemd.automount')) return false;
  return followed.test(at) || (isOverlay(entry) && at === '/etc');
};

const isOverlay = ({ type }: FstabEntry): boolean => type === 'overlay';

const isBind = ({ options }: FstabEntry): boolean => options.some((option) => option === 'bind' || option === 'rbind');

const isNetwork = ({ source, type }: FstabEntry): boolean =>
  /^(nfs4?|cifs|smb3|9p|ceph|glusterfs|sshfs|fuse\.\w+|davfs|afs|lustre|beegfs)$/.test(type) ||
  /^(\/\/|[\w.-]+:\/)/.test(source);

/** An absolute path without blank or dotted steps; undefined where it has some that lead up. `@` alone is `/@`. */
const normalPath = (path: string): TreePath | undefined => {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  return names.includes('..') || path.includes('\0') ? undefined : `/${names.join('/')}`;
};
