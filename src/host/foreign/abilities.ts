import { type FileHandle, link, lstat, mkdir, open, statfs, symlink } from 'node:fs/promises';
import { isSystemError } from '../process/system-error.ts';
import { entryIn, removeFolderIn } from './files.ts';
import { openFolderIn } from './folder.ts';
import type { StagingFolder } from './own-folder.ts';

/** What the file system of a foreign folder can hold; found out by trying, since FUSE and network shares tell no tales. */
export interface Abilities {
  readonly names: 'any' | 'windows';
  readonly keepsSymlinks: boolean;
  readonly keepsHardLinks: boolean;
  /** The finest time kept, in nanoseconds. */
  readonly timeStepNs: number;
  /** undefined: no limit that a disk could reach. */
  readonly largestFileBytes: number | undefined;
}

const fatLimitBytes = 0xffff_ffff;

const probeName = 'probe';

/** Tries it all in a new folder, which is removed again. @throws SystemError where nothing can be written */
export const probe = async (staging: StagingFolder): Promise<Abilities> => {
  await mkdir(entryIn(staging, probeName), 0o700);
  try {
    await using opened = await openFolderIn(staging, probeName);
    const folder = opened.path;
    const can = (action: Promise<unknown>) =>
      action.then(
        () => true,
        (error) => {
          if (!isSystemError(error) || error.code === 'ENOSPC' || error.code === 'EROFS') throw error;
          return false;
        },
      );
    const file = `${folder}/file`;
    await using handle = await open(file, 'wx');
    const holdsAnyName = await can(touch(Buffer.from(`${folder}/"*:<>?|\\\xff. `, 'latin1')));
    // FAT finds `FILE` where `file` is.
    const isCaseless = await can(lstat(`${folder}/FILE`));
    return {
      names: holdsAnyName && !isCaseless ? 'any' : 'windows',
      keepsSymlinks: await can(symlink('anywhere', `${folder}/symlink`)),
      keepsHardLinks: await can(link(file, `${folder}/link`)),
      timeStepNs: await timeStepOf(handle),
      largestFileBytes: await largestFileOf(folder, handle),
    };
  } finally {
    await removeFolderIn(staging, probeName);
  }
};

/** The kernel's numbers (statfs(2)) for exFAT, which holds large files, but would set the room for one aside, and FAT. */
const exfat = 0x2011bab0;
const fat = 0x4d44;

/** FAT refuses a longer file at once; one that there is no room for is another matter. */
const largestFileOf = async (folder: string, handle: FileHandle): Promise<number | undefined> => {
  const { type, blocks, bsize } = await statfs(folder);
  if (type === fat) return fatLimitBytes;
  // Smaller disks refuse such a length because of their own.
  if (type === exfat || blocks * bsize <= fatLimitBytes) return undefined;
  try {
    await handle.truncate(fatLimitBytes + 1);
    return undefined;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return error.code === 'EFBIG' ? fatLimitBytes : undefined;
  }
};

const touch = async (path: Buffer): Promise<void> => {
  await using _handle = await open(path, 'wx');
};

/** An odd second and a fraction, which FAT rounds to two seconds and others to what they keep. */
const timeStepOf = async (handle: FileHandle): Promise<number> => {
  const seconds = 1_600_000_001;
  await handle.utimes(seconds, seconds + 0.5 + 2 ** -20);
  const { mtimeNs } = await handle.stat({ bigint: true });
  const fraction = mtimeNs - BigInt(seconds) * 1_000_000_000n;
  if (fraction === 500_000_953n) return 1;
  return fraction > 0n && fraction < 1_000_000_000n ? 1_000_000_000 : 2_000_000_000;
};
