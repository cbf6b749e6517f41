import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, lstat, mkdir, open, rm, stat, statfs, symlink, utimes } from 'node:fs/promises';
import { RescueError } from '../../model/errors.ts';
import { isSystemError, unless } from '../system-error.ts';
import { openFolder } from '../walk.ts';

/** Our own folder in the target: the record of progress, and the files that are growing. */
export const ownFolder = '.sparekey-recovery';

/** What the target's file system can hold; found out by trying, since FUSE and network shares tell no tales. */
export interface Abilities {
  readonly names: 'any' | 'windows';
  readonly keepsSymlinks: boolean;
  readonly keepsHardLinks: boolean;
  /** The finest time kept, in nanoseconds. */
  readonly timeStepNs: number;
  /** undefined: no limit that a disk could reach. */
  readonly largestFileBytes: number | undefined;
}

/** A folder that is being copied into, held open. */
export interface Target extends AsyncDisposable {
  readonly folder: FileHandle;
  readonly staging: FileHandle;
  readonly abilities: Abilities;
  /** What is free beside the room that is set aside. */
  freeBytes(): Promise<number>;
  /** Gives back the room that was set aside for the manifest, the record and the receipt, when the target is full. */
  giveRoom(): Promise<void>;
}

/**
 * Makes the folder where it is missing, and finds out what it can hold.
 * @throws RescueError target-unusable
 */
export const openTarget = async (path: string): Promise<Target> => {
  try {
    await mkdir(path, 0o755).catch(unless('EEXIST'));
    const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
    const own = `/proc/self/fd/${folder.fd}/${ownFolder}`;
    await mkdir(own, 0o700).catch(unless('EEXIST'));
    // What was growing when an earlier run was cut off is of no use to anybody.
    await using ownHandle = await openFolder(Buffer.from(own));
    const inside = `/proc/self/fd/${ownHandle.fd}`;
    await rm(`${inside}/growing`, { recursive: true, force: true });
    await mkdir(`${inside}/growing`, 0o700);
    await setAside(`${inside}/growing/room`);
    const staging = await openFolder(Buffer.from(`${inside}/growing`));
    return {
      folder,
      staging,
      abilities: await probe(`/proc/self/fd/${staging.fd}/probe-${randomBytes(4).toString('hex')}`),
      freeBytes: () => freeBytesIn(path),
      giveRoom: () => rm(`/proc/self/fd/${staging.fd}/room`, { force: true }),
      [Symbol.asyncDispose]: async () => {
        await staging.close();
        await rm(`${own}/growing`, { recursive: true, force: true }).catch(unless('EIO', 'ENODEV', 'EROFS', 'ENOENT'));
        await folder.close();
      },
    };
  } catch (error) {
    throw unusable(path, error);
  }
};

/** What anybody but root can still write to the file system that a folder is on. */
export const freeBytesIn = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

/** What the kernel refused of a folder to copy into, in our words; whatever else it is stays as it is. */
export const unusable = (path: string, error: unknown): unknown =>
  isSystemError(error) ? new RescueError('target-unusable', { path, reason: error.code }, { cause: error }) : error;

/** Set aside: so much, in so many pieces. */
const roomPieces = 8;
const roomPieceBytes = 1024 * 1024;

/** Takes room that nothing else can take then; less where there is less. */
const setAside = async (path: string): Promise<void> => {
  await using file = await open(path, 'wx', 0o600);
  // Noise, since some file systems press zeros together.
  const noise = randomBytes(roomPieceBytes);
  try {
    for (let piece = 0; piece < roomPieces; piece++) await file.writeFile(noise);
  } catch (error) {
    unless('ENOSPC', 'EDQUOT')(error);
  }
};

/** A copy into a folder of the source itself would never end. @throws RescueError target-inside-source */
export const assertOutside = async (path: string, sourceRoot: string): Promise<void> => {
  const source = await stat(sourceRoot);
  let below: { readonly dev: number; readonly ino: number } | undefined;
  // Upwards as the kernel goes: the target may be a mount that only we have, and then has no path of its own.
  for (let folder = path; ; folder += '/..') {
    const { dev, ino } = await stat(folder);
    if (dev === source.dev && ino === source.ino) throw new RescueError('target-inside-source', { path });
    if (dev === below?.dev && ino === below.ino) return;
    below = { dev, ino };
  }
};

const fatLimitBytes = 0xffff_ffff;

const probe = async (folder: string): Promise<Abilities> => {
  await mkdir(folder, 0o700);
  try {
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
      timeStepNs: await timeStepOf(file),
      largestFileBytes: await largestFileOf(folder, handle),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
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
const timeStepOf = async (file: string): Promise<number> => {
  const seconds = 1_600_000_001;
  await utimes(file, seconds, seconds + 0.5 + 2 ** -20);
  const { mtimeNs } = await lstat(file, { bigint: true });
  const fraction = mtimeNs - BigInt(seconds) * 1_000_000_000n;
  if (fraction === 500_000_953n) return 1;
  return fraction > 0n && fraction < 1_000_000_000n ? 1_000_000_000 : 2_000_000_000;
};
