import { readlink } from 'node:fs/promises';
import { decodeBytes } from '../../formats/bytes.ts';
import { foldersSkippedIn, lastStampIn } from '../../formats/kernel-log.ts';
import { isRescueError } from '../../model/errors.ts';
import type { CopyProblem, CopySummary } from '../../model/recovery.ts';
import type { Volume } from '../../model/storage.ts';
import type { TreePath } from '../../model/tree.ts';
import { run } from '../commands.ts';
import { openSession } from './debugfs/session.ts';

/** More are not looked for by name. */
const namesAsked = 200;

/**
 * Runs a copy out of an ext2/3/4 that is mounted, and adds what only the kernel's log tells: a damaged block of names is
 * skipped by the driver, and the folder looks whole.
 * @param device what is mounted, as major:minor
 */
export const withSkippedFolders = async (
  volume: Volume,
  device: string,
  copy: () => Promise<CopySummary>,
): Promise<CopySummary> => {
  const startedAt = lastStampIn(await readLog());
  const summary = await copy();
  const name = (await readlink(`/sys/dev/block/${device}`).catch(() => '')).replace(/^.*\//, '');
  const inodes = foldersSkippedIn(await readLog(), name, startedAt);
  if (inodes.length === 0) return summary;
  const paths = await pathsOf(volume, inodes.slice(0, namesAsked));
  const known = new Set(summary.problems.map((problem) => ('path' in problem ? problem.path : '')));
  const problems = inodes
    .map((inode): CopyProblem => {
      // Without a name, in the way that debugfs takes it.
      const path = paths.get(inode) ?? `<${inode}>`;
      return { kind: 'unreadable-folder', path, reason: 'EUCLEAN' };
    })
    .filter((problem) => !('path' in problem && known.has(problem.path)));
  const { problemCounts } = summary;
  const count = problemCounts['unreadable-folder'] + problems.length;
  return {
    ...summary,
    problems: [...summary.problems, ...problems],
    problemCounts: { ...problemCounts, 'unreadable-folder': count },
  };
};

/** Empty where the log is not for us. */
const readLog = async (): Promise<string> => {
  try {
    return decodeBytes((await run('dmesg', [])).stdout);
  } catch (error) {
    if (!isRescueError(error)) throw error;
    return '';
  }
};

/** By asking every folder of the volume (debugfs(8), ncheck). */
const pathsOf = async (volume: Volume, inodes: readonly number[]): Promise<ReadonlyMap<number, TreePath>> => {
  const paths = new Map<number, TreePath>();
  try {
    await using session = await openSession(volume, undefined);
    let text = '';
    await session.run([`ncheck ${inodes.join(' ')}`], 'ignored', (more) => {
      text += more;
    });
    for (const [, inode, path = ''] of text.matchAll(/^(\d+)\t(\/.+)$/gm))
      paths.set(Number(inode), decodeBytes(Buffer.from(path, 'latin1')));
  } catch (error) {
    if (!isRescueError(error)) throw error;
  }
  return paths;
};
