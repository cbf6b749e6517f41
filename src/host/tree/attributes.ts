import type { FileHandle } from 'node:fs/promises';
import { decodeBytes } from '../../formats/bytes.ts';
import { parsePaxAttributes } from '../../formats/pax.ts';
import { RescueError } from '../../model/errors.ts';
import type { FileAttributes, TreePath } from '../../model/tree.ts';
import { outputOfFailure, run } from '../process/commands.ts';
import { handlePath, openAsName, type Spot } from './walk.ts';

/**
 * Gives `to` the mode, owner and extended attributes (ACL, SELinux label, capabilities) of `from`, and compares what
 * came of it: not every cp says so when it loses some.
 * @throws RescueError attributes-lost, tool-missing
 */
export const copyAttributes = async (path: TreePath, from: FileHandle, to: FileHandle): Promise<void> => {
  const lost = (output: string, cause?: unknown) => new RescueError('attributes-lost', { path, output }, { cause });
  // Asked for by name, an extended attribute that cannot be kept is an error; with --preserve=all it is not. Without
  // `context` the SELinux label is one like any other, on kernels with SELinux and without (coreutils, copy_attr).
  const files = [handlePath(from), handlePath(to)];
  await run('cp', ['--attributes-only', '--preserve=mode,ownership,xattr', '--', ...files]).catch((error) => {
    const output = outputOfFailure(error);
    throw output === undefined ? error : lost(output, error);
  });
  const [before, after] = await attributesOf(files);
  const names = new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])]);
  const changed = [...names].filter((name) => before?.get(name) !== after?.get(name));
  if (!before || !after || changed.length > 0) throw lost(changed.join(', '));
};

/** Through GNU tar, which reads every extended attribute and, unlike getfattr, is there on every rescue system. */
const attributesOf = async (files: readonly string[], more: readonly string[] = []) => {
  const { stdout } = await run('tar', [
    ...['--create', '--file=-', '--format=pax', '--dereference', '--absolute-names', '--numeric-owner'],
    ...['--xattrs', '--xattrs-include=*', '--atime-preserve=system', ...more, '--', ...files],
  ]);
  return parsePaxAttributes(stdout);
};

/** The SELinux label of a file or folder; undefined where it has none. @throws RescueError tool-missing */
export const labelOf = async (spot: Spot): Promise<string | undefined> => {
  // By its open handle: a name that is not UTF-8 would arrive at tar as another one.
  await using handle = await openAsName(spot.entry);
  const [attributes] = await attributesOf([handlePath(handle)], ['--no-recursion']);
  return withoutZero(attributes?.get(labelRecord));
};

/** The kernel keeps a label with a zero byte at its end. */
const withoutZero = (label: string | undefined): string | undefined => label?.replace(/\0$/, '');

const labelRecord = 'SCHILY.xattr.security.selinux';

const changeLabel = async (path: TreePath, file: string, label: string): Promise<void> => {
  await run('chcon', ['--', label, file]).catch((error) => {
    const output = outputOfFailure(error);
    throw output === undefined ? error : new RescueError('attributes-lost', { path, output }, { cause: error });
  });
};

/** Gives what is open another SELinux label, and looks whether it has it. @throws RescueError attributes-lost, tool-missing */
export const setOpenLabel = async (path: TreePath, handle: FileHandle, label: string): Promise<void> => {
  await changeLabel(path, handlePath(handle), label);
  const [kept] = await attributesOf([handlePath(handle)], ['--no-recursion']);
  if (withoutZero(kept?.get(labelRecord)) !== label)
    throw new RescueError('attributes-lost', { path, output: 'security.selinux' });
};

/** Whether an open file has extended attributes beside its SELinux label: an ACL, capabilities. */
export const hasMoreThanLabel = async (handle: FileHandle): Promise<boolean> => {
  const [attributes] = await attributesOf([handlePath(handle)], ['--no-recursion']);
  return [...(attributes?.keys() ?? [])].some((name) => name.startsWith('SCHILY.') && name !== labelRecord);
};

/**
 * Gives what was made a moment ago its owner, mode and label, and compares what came of it.
 * @throws RescueError attributes-lost, tool-missing
 */
export const setAttributes = async (path: TreePath, handle: FileHandle, attributes: FileAttributes): Promise<void> => {
  const { uid, gid, mode, label } = attributes;
  await handle.chown(uid, gid);
  await handle.chmod(mode);
  const file = handlePath(handle);
  if (label !== undefined) await changeLabel(path, file, label);
  const { uid: ownedBy, gid: group, mode: bits } = await handle.stat();
  const [kept] = await attributesOf([file], ['--no-recursion']);
  const isKept = ownedBy === uid && group === gid && (bits & 0o7777) === mode;
  const isLabelled = label === undefined || withoutZero(kept?.get(labelRecord)) === label;
  if (!isKept || !isLabelled)
    throw new RescueError('attributes-lost', { path, output: isKept ? 'security.selinux' : 'owner, mode' });
};

/** Flags that chattr can set; the others tell how the file system stores the file. (chattr(1)) */
const settableFlags = /[AaCcDdijmPsSTtux]/;

/** The chattr flags of a file or folder, `ia` for example; none where the file system has no flags. @throws RescueError read-failed */
export const readFlags = async (spot: Spot): Promise<string> => {
  try {
    const { stdout } = await run('lsattr', ['-d', '--', entryOf(spot)]);
    const [flags = ''] = decodeBytes(stdout).split(' ');
    return [...flags].filter((flag) => settableFlags.test(flag)).join('');
  } catch (error) {
    const reason = outputOfFailure(error);
    if (reason === undefined) throw error;
    if (/not supported|Inappropriate ioctl/.test(reason)) return '';
    throw new RescueError('read-failed', { path: spot.path, reason }, { cause: error });
  }
};

/** Sets (`+`) or clears (`-`) chattr flags. @throws RescueError tool-failed */
export const changeFlags = async (spot: Spot, sign: '+' | '-', flags: string): Promise<void> => {
  if (flags !== '') await run('chattr', [`${sign}${flags}`, '--', entryOf(spot)]);
};

/** A command line is text: a name that is not UTF-8 would arrive as another one. */
const entryOf = ({ folder, name, path }: Spot): string => {
  if (!name.isWellFormed()) throw new RescueError('read-failed', { path, reason: 'name is not UTF-8' });
  return `${folder}/${name}`;
};
