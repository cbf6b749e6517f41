import type { PasswdEntry } from '../../../formats/passwd.ts';
import type { FileStatus, Tree, TreePath } from '../../../model/tree.ts';
import { resolveIfPossible, statusIfPossible } from '../../look.ts';
import { parentOf } from '../../paths.ts';
import type { AccountFiles } from '../account-files.ts';

/** Why sshd does not read a file of keys: StrictModes, or because the account itself cannot read it. */
export interface KeyFileFault {
  readonly path: TreePath;
  readonly kind: 'loose' | 'unreadable';
}

/** Somebody's ids, and where his home is in the tree. */
export interface KeyOwner {
  readonly passwd: Pick<PasswdEntry, 'uid'>;
  readonly gids: readonly number[];
  readonly userHome: TreePath;
  /** Where sshd is Debian's, which lets a group write that has its owner for its only member. */
  readonly isOwnGroup?: ((status: FileStatus) => boolean) | undefined;
}

/** Whether a file's group has one member, the account that owns it (Debian's user-group-modes.patch, secure_permissions). */
export const ownGroupTest =
  ({ passwd, groups }: Pick<AccountFiles, 'passwd' | 'groups'>, uid: number) =>
  (status: FileStatus): boolean => {
    const group = groups.find(({ gid }) => gid === status.gid);
    if (!group) return false;
    const primary = passwd.filter(({ gid }) => gid === group.gid);
    const owner = passwd.find((each) => each.uid === status.uid);
    const isAlone = group.members.length === 0 || (group.members.length === 1 && group.members[0] === owner?.name);
    return primary.every((each) => each.uid === uid) && isAlone && primary.length + group.members.length > 0;
  };

/**
 * What keeps sshd from reading a file of keys that is there: it opens it as the account itself, and with StrictModes the
 * file and all folders up to the home, or to the root, must be his or root's, and writable by nobody else (misc.c,
 * safe_path).
 */
export const keyFileFault = async (
  tree: Tree,
  path: TreePath,
  { passwd, gids, userHome, isOwnGroup }: KeyOwner,
  isStrict: boolean,
): Promise<KeyFileFault | undefined> => {
  const real = (await resolveIfPossible(tree, path)) ?? path;
  const realHome = await resolveIfPossible(tree, userHome);
  const isLoose = (status: FileStatus) =>
    (status.mode & 0o002) !== 0 ||
    ((status.mode & 0o020) !== 0 && !isOwnGroup?.(status)) ||
    (status.uid !== 0 && status.uid !== passwd.uid);
  for (let at = real; ; at = parentOf(at)) {
    const status = await statusIfPossible(tree, at);
    if (status && !isAllowed(status, passwd.uid, gids, at === real ? 4 : 1)) return { path: at, kind: 'unreadable' };
    if (at === '/') break;
  }
  for (let at = real; isStrict; at = parentOf(at)) {
    const status = await statusIfPossible(tree, at);
    if (status && (isLoose(status) || (at === real && status.kind !== 'file'))) return { path: at, kind: 'loose' };
    if (at === '/' || at === realHome) break;
  }
  return undefined;
};

/** @param right 4: to read; 1: to go through */
const isAllowed = ({ mode, uid, gid }: FileStatus, asUid: number, asGids: readonly number[], right: 4 | 1): boolean => {
  if (asUid === 0) return true;
  if (uid === asUid) return (mode & (right << 6)) !== 0;
  return asGids.includes(gid) ? (mode & (right << 3)) !== 0 : (mode & right) !== 0;
};
