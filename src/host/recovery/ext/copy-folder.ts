import { lstatSync } from 'node:fs';
import { type Descent, withOpenFolder } from '../../foreign/descent.ts';
import { makeFolder } from '../../foreign/entries.ts';
import { isSystemError } from '../../process/system-error.ts';
import {
  joinRaw,
  nameOfRaw,
  native,
  type OpenFolderPath,
  parentOfRaw,
  type RawPath,
  textOf,
} from '../../tree/raw-path.ts';
import { incompleteNameOf } from '../copy/copy-file.ts';
import type { Ledger } from '../copy/ledger.ts';
import type { Before, FilesJob } from '../copy/messages.ts';
import type { Tally } from '../copy/tally.ts';
import { toTarget } from '../target/target-error.ts';
import { targetNameFor } from '../target/target-names.ts';
import { type Bench, copyNode, finishFolder, type Node } from './copy-node.ts';
import type { FoundEntry, FoundInode } from './reader-messages.ts';
import type { Place } from './tree.ts';

/** Inodes asked about at a time. */
const sliceLength = 64;

/** One copy under way. */
export interface Walk extends Bench {
  readonly target: Descent;
  readonly tally: Tally;
  readonly ledger: Ledger;
  readonly beforeOf: (to: RawPath) => Before;
  readonly checkpoint: (ledger: Ledger, isDue: boolean) => Promise<void>;
  /** Leaves out what the target has by now: another way led there before. */
  readonly skipsPresent?: boolean;
  /** Folders that were copied: one that is met again is a loop, which somebody made. */
  readonly visited: Set<number>;
  /** Folders that wait for their modes and times. */
  readonly finished: { readonly to: RawPath; readonly inode: FoundInode }[];
  /** What has extended attributes or access lists, which this way does not keep: a line each, for the first of them. */
  readonly attributes: string[];
  currentPath: RawPath;
}

/** Lines kept of what lost its attributes. */
const attributesKept = 20;

interface Folder {
  readonly number: number;
  readonly path: RawPath;
  readonly to: RawPath;
}

/**
 * Copies a folder with all that is below it.
 * @returns whether the folder itself could be listed to its end; if not, that is told by then
 * @throws TargetError, RescueError tool-missing
 */
export const copyTree = async (walk: Walk, top: Folder): Promise<boolean> => {
  const { below: todo, isListed } = await copyFolder(walk, top);
  for (let folder = todo.pop(); folder; folder = todo.pop()) todo.push(...(await copyFolder(walk, folder)).below);
  return isListed;
};

/** Gives the copied folders their modes and times, from the inside out: whatever is made in one changes its times. */
export const finishTree = (walk: Walk): void => {
  for (const { to, inode } of walk.finished.reverse())
    walk.target.within(to, (place) => finishFolder(walk, place, to, inode));
};

/** Copies what is in a folder, and returns the folders in it. @throws TargetError, RescueError tool-missing */
const copyFolder = async (
  walk: Walk,
  { number, path, to }: Folder,
): Promise<{ readonly below: Folder[]; readonly isListed: boolean }> => {
  const { reader, tally, ledger, target } = walk;
  const unreadable = (reason: string) =>
    tally.addProblem({ kind: 'unreadable-folder', path: `/${textOf(path)}`, reason });
  if (walk.visited.has(number)) {
    unreadable('ELOOP');
    return { below: [], isListed: false };
  }
  walk.visited.add(number);
  const before = enter(walk, to);
  if (before === undefined) {
    tally.addProblem({ kind: 'exists', path: `/${textOf(path)}` });
    return { below: [], isListed: false };
  }
  tally.folders += 1;
  const below: Folder[] = [];
  const job = jobIn(path, to, before);
  const taken = new Set<string>();
  const met = new Set<RawPath>();
  let [isWhole, isListed] = [true, true];
  await withOpenFolder(target, to, async (place) => {
    const copySlice = async (slice: readonly FoundEntry[]) => {
      for (const { name, inode: number } of slice) {
        walk.goOn(path);
        if (met.has(name)) {
          // Twice in one folder: which is meant, nobody can say.
          tally.addProblem({ kind: 'exists', path: `/${textOf(joinRaw(path, name))}` });
          isWhole = false;
          continue;
        }
        met.add(name);
        const newName = targetNameFor(name, joinRaw(to, name), walk.abilities.names, taken);
        if (walk.skipsPresent && isPresent(place, newName)) continue;
        const inode = await reader.describe(number);
        if (inode?.kind === 'directory') {
          const inner = { number, path: joinRaw(path, name), to: joinRaw(to, newName) };
          if (newName !== name) tally.addRenamed(inner.path, inner.to);
          below.push(inner);
        } else isWhole = (await copyOne(walk, job, place, { number, name, to: newName, inode })) && isWhole;
      }
    };
    const { reason, isRight } = await reader.list(number, async (entries) => {
      for (let at = 0; at < entries.length; at += sliceLength) await copySlice(entries.slice(at, at + sliceLength));
    });
    // Where the driver refused it, that is told already.
    if (!isRight && !walk.skipsPresent) tally.addProblem({ kind: 'damaged-folder', path: `/${textOf(path)}` });
    if (reason === undefined) return;
    unreadable(reason);
    isListed = false;
  });
  if (isWhole && isListed && !walk.skipsPresent) ledger.settled.folders.push(to);
  const own = await reader.describe(number);
  if (own) walk.finished.push({ to, inode: own });
  noteAttributes(walk, path, own);
  return { below, isListed };
};

/** Whether something of that name, or what could be read of it, is in a folder that is held open. */
export const isPresent = (place: string, name: RawPath): boolean =>
  [name, incompleteNameOf(name)].some(
    (each) => lstatSync(native(`${place}/${each}`), { throwIfNoEntry: false }) !== undefined,
  );

/** Copies one thing that was asked for by its name, and is no folder. */
export const copyNamed = async (
  walk: Walk,
  folder: RawPath,
  name: RawPath,
  { number, inode }: Place,
): Promise<void> => {
  const to = targetNameFor(name, joinRaw(folder, name), walk.abilities.names, new Set());
  const job = jobIn(folder, folder, walk.beforeOf(folder));
  await withOpenFolder(walk.target, folder, (place) => copyOne(walk, job, place, { number, name, to, inode }));
};

/** @returns whether it is in the target as it should be */
const copyOne = async (walk: Walk, job: FilesJob, place: OpenFolderPath, named: Node): Promise<boolean> => {
  const { ledger } = walk;
  walk.currentPath = joinRaw(job.folder, named.name);
  const standing = { place, before: job.before, takesLinked: false };
  const first = ledger.take(job, await copyNode(walk, standing, named));
  // Of a file with several names the first is the one that is copied.
  const { isWhole } =
    first.more.length === 0 ? first : ledger.take(job, await copyNode(walk, { ...standing, takesLinked: true }, named));
  noteAttributes(walk, joinRaw(job.folder, named.name), named.inode);
  await walk.checkpoint(ledger, false);
  return isWhole;
};

/** SELinux labels and capabilities mean nothing on the target of a recovery, and are not missed. */
const noteAttributes = ({ attributes }: Walk, path: RawPath, inode: FoundInode | undefined): void => {
  if (inode === undefined || attributes.length >= attributesKept) return;
  const names = inode.attributeNames.filter((name) => !name.startsWith('security.'));
  if (names.length > 0) attributes.push(`/${textOf(path)}: ${names.map(textOf).join(', ')}`);
};

/** What the ledger wants to know of the place of a file. */
const jobIn = (folder: RawPath, to: RawPath, before: Before): FilesJob => ({
  ...{ kind: 'files', id: 0, items: [] },
  ...{ folder, to, before },
});

/** Makes the folder in the target, or finds it there; undefined where something else stands in its place. */
const enter = ({ target, beforeOf }: Walk, to: RawPath): Before | undefined => {
  if (to === '') return beforeOf(to);
  return toTarget(
    () =>
      target.within(parentOfRaw(to), (parent) => {
        if (makeFolder(`${parent}/${nameOfRaw(to)}`, 0o700) === 'made') return 'none';
        try {
          return target.within(to, () => beforeOf(to));
        } catch (error) {
          if (!isSystemError(error) || error.code !== 'ENOTDIR') throw error;
          return undefined;
        }
      }),
    to,
  );
};
