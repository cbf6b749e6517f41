import { isRescueError } from '../../../model/errors.ts';
import type { TreePath } from '../../../model/tree.ts';
import type { Descent } from '../../foreign/descent.ts';
import { isSystemError } from '../../process/system-error.ts';
import { nameOfRaw, parentOfRaw, type RawPath, rawOf, textOf } from '../../tree/raw-path.ts';
import type { Doubts } from '../copy/doubts.ts';
import { createLedger } from '../copy/ledger.ts';
import type { Tally } from '../copy/tally.ts';
import type { Target } from '../target/target.ts';
import { copyNamed, copyTree, finishTree, isPresent, type Walk } from './copy-folder.ts';
import type { ExtReader } from './reader.ts';
import { createExtTree } from './tree.ts';

/** A folder, or `<number>` of one that has no name any more. */
export interface SkippedFolder {
  readonly path: TreePath;
  readonly reason: string;
  /** Only the folder's index leaves names out: with them, it is whole. */
  readonly isIndexOnly?: boolean;
}

/** Another way to the files of a volume, for what the kernel's driver does not list, or lists and does not find. */
export interface SecondWay {
  /** Folders of which the driver skipped a part since the copy began, whether it said so or listed too few names. */
  findSkipped(listed: Doubts['listed']): Promise<readonly SkippedFolder[]>;
  /** undefined where there is none after all. */
  open(): Promise<ExtReader | undefined>;
}

export interface SecondPass {
  readonly target: Target;
  /** Its folders. */
  readonly descent: Descent;
  readonly tally: Tally;
  readonly keepsOwners: boolean;
  readonly addBytes: (bytes: number) => void;
  readonly goOn: (path: RawPath) => void;
  readonly checkpoint: Walk['checkpoint'];
}

/**
 * Copies by inode numbers what the first way left out; what is in the target by now stays. Whatever is missing after
 * that is told. @throws TargetError
 */
export const copyDoubtful = async (pass: SecondPass, way: SecondWay, doubts: Doubts): Promise<void> => {
  const { tally } = pass;
  const skipped = await way.findSkipped(doubts.listed);
  const named = skipped.filter(({ path }) => path.startsWith('/'));
  for (const each of skipped) if (!named.includes(each)) tally.addProblem({ kind: 'unreadable-folder', ...each });
  const reasons = new Map([...doubts.entries].map(([path, { reason }]) => [path, reason] as const));
  const ofIndex = new Set<RawPath>();
  for (const { path, reason, isIndexOnly } of named) {
    const raw = rawOf(path);
    // What the driver itself called damaged is more than its index.
    if (isIndexOnly && !reasons.has(raw)) ofIndex.add(raw);
    reasons.set(raw, reason);
  }
  if (reasons.size === 0) return;

  const isFile = (path: RawPath) => doubts.entries.get(path)?.kind === 'unreadable-file';
  const isLost = (path: RawPath) => isFile(path) && reasons.get(path) === 'ENOENT';
  // A name that leads nowhere says that its folder is damaged.
  const places = new Set([...reasons.keys()].map((path) => (isLost(path) ? parentOfRaw(path) : path)));
  const met = new Set<RawPath>();
  const reader = await way.open();
  if (reader) {
    await using held = reader;
    const walk = walkFor(pass, held);
    const tree = createExtTree(held);
    for (const place of [...places].sort()) {
      // A wrong checksum may be its folder's; the inode's own is checked by its reader.
      const isRefused = isFile(place) && reasons.get(place) === 'EUCLEAN';
      const ending = await locateAndCopy(walk, tree, place, isRefused);
      if (ending === 'not-found') continue;
      met.add(place);
      // A folder that the driver could list, and only its index was wrong, has all its names.
      if (ending === 'copied' && reasons.has(place) && !isFile(place) && !ofIndex.has(place))
        tally.addProblem({ kind: 'damaged-folder', path: `/${textOf(place)}` });
    }
    await walk.checkpoint(walk.ledger, true);
    finishTree(walk);
    if (walk.attributes.length > 0) tally.addProblem({ kind: 'attributes-lost', output: walk.attributes.join('\n') });
  }
  for (const [path, reason] of reasons) {
    const kind = isFile(path) ? 'unreadable-file' : 'unreadable-folder';
    const isMet = met.has(path) || (isLost(path) && isThere(pass.descent, path));
    if (!isMet) tally.addProblem({ kind, path: `/${textOf(path)}`, reason });
  }
};

const walkFor = (
  { target, descent, tally, keepsOwners, addBytes, goOn, checkpoint }: SecondPass,
  reader: ExtReader,
): Walk => {
  const ledger = createLedger({ target: descent, keepsSymlinks: target.abilities.keepsSymlinks, tally });
  // What cannot be read is not tried twice.
  ledger.takeRetries();
  return {
    target: descent,
    ...{ reader, keepsOwners, tally, ledger, addBytes, goOn, checkpoint },
    abilities: target.abilities,
    staging: `${target.staging.path}/second`,
    beforeOf: () => 'none',
    skipsPresent: true,
    visited: new Set(),
    finished: [],
    attributes: [],
    currentPath: '',
  };
};

/**
 * @param isRefused the driver took what it found there for damaged: what is read of it is kept, and not vouched for
 * @returns `told` where that is all there is to say of it: what could not be read is told by then
 */
const locateAndCopy = async (
  walk: Walk,
  tree: ReturnType<typeof createExtTree>,
  path: RawPath,
  isRefused: boolean,
): Promise<'not-found' | 'copied' | 'told'> => {
  const asked: TreePath = `/${textOf(path)}`;
  const found = await tree.locate(asked).catch((error) => {
    if (!isRescueError(error)) throw error;
    return undefined;
  });
  // A link is followed by locate: it is no way to the link itself.
  if (found === undefined || (found.path !== asked.replace(/\/+$/, '') && asked !== '/')) return 'not-found';
  // Below another folder that was copied, it came along with that.
  if (walk.visited.has(found.number)) return 'told';
  if (found.inode.kind !== 'directory') {
    const lost = isRefused ? [{ startBytes: 0, endBytes: found.inode.sizeBytes }] : found.inode.lost;
    await copyNamed(walk, parentOfRaw(path), nameOfRaw(path), { ...found, inode: { ...found.inode, lost } });
    return 'told';
  }
  return (await copyTree(walk, { number: found.number, path, to: path })) ? 'copied' : 'told';
};

const isThere = (target: Descent, path: RawPath): boolean => {
  try {
    return target.within(parentOfRaw(path), (folder) => isPresent(folder, nameOfRaw(path)));
  } catch (error) {
    if (!isSystemError(error)) throw error; // not even its folder
    return false;
  }
};
