import { type FstabEntry, parseFstab } from '../../../formats/fstab.ts';
import type { CheckSubject } from '../../../model/finding.ts';
import type { TreePath } from '../../../model/tree.ts';
import { kindAt, readIfPossible } from '../../look.ts';
import { isPath, join, parentOf } from '../../paths.ts';
import { type AccountFiles, type Credential, readAccountFiles } from '../account-files.ts';
import type { Today } from '../days.ts';
import { readToday } from '../disk-time.ts';
import { type PlacedPamLine, readPamLines } from '../pam.ts';
import { readSshdConfiguration, type SshdConfiguration } from '../sshd/configuration.ts';

/** A Linux, and what every check of it needs to know. */
export interface LinuxSubject extends CheckSubject {
  readonly files: AccountFiles;
  readonly today: Today;
  readonly pam: readonly PlacedPamLine[];
  readonly fstab: readonly FstabEntry[];
  /** What the SSH server goes by; undefined where none is configured. */
  readonly sshd: SshdConfiguration | undefined;
}

/** One account of it. */
export interface AccountSubject extends LinuxSubject {
  readonly credential: Credential;
}

/** @throws RescueError what Tree throws on passwd and shadow */
export const readSubject = async (subject: CheckSubject): Promise<LinuxSubject> => {
  const { tree, home, nowMs, volume } = subject;
  const fstab = await readIfPossible(tree, join(home, 'etc/fstab'));
  return {
    ...subject,
    files: await readAccountFiles(tree, home),
    today: await readToday(tree, home, nowMs, volume.filesystem?.writtenAtMs),
    pam: await readPamLines(tree, home),
    fstab: fstab ? parseFstab(fstab) : [],
    sshd: await readSshdConfiguration(tree, home),
  };
};

/** Where a path of the system's own stands in the tree; undefined for what is no absolute path. */
export const inTree = ({ home }: CheckSubject, path: string): TreePath | undefined =>
  isPath(path) ? join(home, path.slice(1)) : undefined;

/**
 * Whether something can be said to be missing: the folder around it is there, and neither that nor anything above it
 * comes from a volume of its own.
 */
export const isMissing = async (subject: LinuxSubject, path: string): Promise<boolean> => {
  const { tree, home, fstab } = subject;
  const inside = inTree(subject, path);
  if (inside === undefined || (await kindAt(tree, inside)) !== undefined) return false;
  const isElsewhere = fstab.some(({ mountPoint }) => mountPoint !== '/' && `${path}/`.startsWith(`${mountPoint}/`));
  const parent = parentOf(path);
  return !isElsewhere && (await kindAt(tree, join(home, parent.slice(1)))) === 'directory';
};
