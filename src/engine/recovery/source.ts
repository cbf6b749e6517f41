import { isRescueError, RescueError } from '../../model/errors.ts';
import type { Recovery, SourceView } from '../../model/recovery.ts';
import type { Disk, Source, Volume } from '../../model/storage.ts';
import type { TreePath } from '../../model/tree.ts';
import type { Context } from '../context.ts';
import { isSelected } from '../select.ts';

/** A volume opened for reading, and what was asked for on it, every link followed. */
export interface OpenedSource extends AsyncDisposable {
  readonly volume: Volume;
  readonly disk: Disk;
  readonly view: SourceView;
  readonly paths: readonly TreePath[];
}

export interface SourceRequest {
  /** What --disk names; none for every disk. */
  readonly sources: readonly Source[];
  readonly on: string | undefined;
  readonly paths: readonly string[];
}

interface Candidate {
  readonly disk: Disk;
  readonly volume: Volume;
}

/**
 * Finds the one volume that holds everything asked for, and opens it. With several nothing is guessed.
 * @throws RescueError no-match, several-match, file-missing, volume-in-use and what Recovery.open throws
 */
export const openSource = async (
  context: Context,
  recovery: Recovery,
  { sources, on, paths }: SourceRequest,
): Promise<OpenedSource> => {
  const disks = await context.storage.survey(sources);
  const candidates = chooseCandidates(disks, on);
  const opened: OpenedSource[] = [];
  const failures: unknown[] = [];
  for (const candidate of candidates) {
    try {
      const source = await openCandidate(recovery, candidate, paths);
      if (source !== undefined) opened.push(source);
    } catch (error) {
      // What cannot be opened, or is no file system at all, is not what was meant; unless it was named.
      if (!isRescueError(error)) throw error;
      failures.push(error);
    }
  }
  const [source, ...others] = opened;
  if (source !== undefined && others.length === 0) return source;
  for (const each of opened) await each[Symbol.asyncDispose]();
  const selector = on === undefined ? {} : { selector: on };
  if (source !== undefined)
    throw new RescueError('several-match', { ...selector, candidates: opened.map(({ volume }) => volume.selector) });
  if (failures.length > 0 && candidates.length === failures.length) throw failures[0];
  // It may stand where only root can look.
  const forRoot = failures.find((error) => isRescueError(error) && error.code === 'need-root');
  if (forRoot !== undefined) throw forRoot;
  throw new RescueError('file-missing', { path: paths[0] ?? '/' });
};

/** @throws RescueError no-match, volume-in-use */
const chooseCandidates = (disks: readonly Disk[], on: string | undefined): readonly Candidate[] => {
  const all = disks
    .filter(({ isRunningSystem }) => !isRunningSystem)
    .flatMap((disk) => disk.volumes.map((volume) => ({ disk, volume })));
  // A system's id is its profile and its volume: haos@sdb8, debian@card.img:2#2.
  const selector = on?.replace(/^[a-z-]+@/, '').replace(/#\d+$/, '');
  const named = all.filter(({ volume }) => on === undefined || isSelected(volume, on) || volume.selector === selector);
  const free = named.filter(({ volume }) => !volume.isInUse && isPossible(volume));
  const [busy] = named;
  if (free.length === 0 && busy?.volume.isInUse)
    throw new RescueError('volume-in-use', { selector: busy.volume.selector, mountPoints: busy.volume.mountPoints });
  if (free.length === 0)
    throw new RescueError('no-match', {
      ...(on !== undefined && { selector: on }),
      candidates: all.map(({ volume }) => volume.selector),
    });
  return free;
};

/** Swap and the like hold no files; what blkid does not know may be ext4 with a bad superblock. */
const isPossible = ({ kind, filesystem }: Volume): boolean =>
  kind === 'folder' || !/^(swap|swsuspend|.*_member|crypto_LUKS)$/.test(filesystem?.type ?? '');

/** undefined where the volume does not hold all of the paths. */
const openCandidate = async (
  recovery: Recovery,
  { disk, volume }: Candidate,
  asked: readonly string[],
): Promise<OpenedSource | undefined> => {
  const view = await recovery.open(volume);
  try {
    const paths: TreePath[] = [];
    for (const path of asked) {
      const resolved = await view.tree.resolve(path);
      if (resolved === undefined || (await view.tree.status(resolved)) === undefined) break;
      paths.push(resolved);
    }
    if (paths.length === asked.length)
      return { volume, disk, view, paths, [Symbol.asyncDispose]: () => view[Symbol.asyncDispose]() };
  } catch (error) {
    await view[Symbol.asyncDispose]();
    throw error;
  }
  await view[Symbol.asyncDispose]();
  return undefined;
};
