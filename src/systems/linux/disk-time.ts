import type { Tree, TreePath } from '../../model/tree.ts';
import { listIfPossible, statusIfPossible } from '../look.ts';
import { join } from '../paths.ts';
import { type Today, todayOf } from './days.ts';

/** Files that a running system writes to again and again: clocks that are kept on the disk, logs, the last shutdown. */
const livelyFiles: readonly string[] = [
  'var/lib/systemd/timesync/clock',
  'var/lib/systemd/random-seed',
  'var/lib/NetworkManager/timestamps',
  'var/lib/chrony/drift',
  'etc/fake-hwclock.data',
  'etc/adjtime',
  'var/log/wtmp',
  'var/log/lastlog',
  'var/log/syslog',
  'var/log/messages',
  'var/log/auth.log',
  'var/log/secure',
  'var/log/kern.log',
  'var/log/dmesg',
  'var/log/cron',
];
/** Each machine that ever ran from the disk has a folder here. */
const journals = 'var/log/journal';
const journalsLookedAt = 8;

/**
 * Which day it is: by the clock, or, where that cannot be right, by the last time that the disk itself knows of.
 * @param writtenAtMs last write by the superblock, where that says it
 */
export const readToday = async (
  tree: Tree,
  home: TreePath,
  nowMs: number,
  writtenAtMs: number | undefined,
): Promise<Today> => {
  const machines = (await listIfPossible(tree, join(home, journals))).slice(0, journalsLookedAt);
  const journalFiles = machines.map(({ name }) => `${journals}/${name}/system.journal`);
  const statuses = await Promise.all(
    [...livelyFiles, ...journalFiles].map((path) => statusIfPossible(tree, join(home, path))),
  );
  return todayOf(nowMs, [writtenAtMs ?? 0, ...statuses.map((status) => status?.modifiedAtMs ?? 0)]);
};
