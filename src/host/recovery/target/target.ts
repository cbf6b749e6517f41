import { randomBytes } from 'node:crypto';
import { type FileHandle, link, lstat, mkdir, open, statfs, symlink } from 'node:fs/promises';
import { RescueError } from '../../../model/errors.ts';
import type { CopyRequest } from '../../../model/recovery.ts';
import { clearName, createIn, entryIn, removeFolderIn } from '../../foreign/files.ts';
import { type ForeignFolder, type OpeningOptions, openFolderIn, openForeignFolder } from '../../foreign/folder.ts';
import { heldFolder } from '../../foreign/held-folder.ts';
import { openOwnFolder, openStaging, type StagingFolder } from '../../foreign/own-folder.ts';
import { isSystemError, unless } from '../../process/system-error.ts';

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
  readonly folder: ForeignFolder;
  /** Our own folder in it. */
  readonly own: ForeignFolder;
  readonly staging: StagingFolder;
  readonly abilities: Abilities;
  /** What is free beside the room that is set aside. */
  freeBytes(): Promise<number>;
  /** Gives back the room that was set aside for the manifest, the record and the receipt, when the target is full. */
  giveRoom(): Promise<void>;
}

const roomName = 'room';

/**
 * Opens the folder that a copy goes to, makes it where it is missing, and has it held open for the notes that follow.
 * @param check as in OpeningOptions
 * @throws RescueError target-unusable, target-is-link, target-not-ours; what `check` and `action` throw
 */
export const withTarget = async <T>(
  { to, notesToFollow = 0 }: CopyRequest,
  check: OpeningOptions['check'],
  action: (target: Target) => Promise<T>,
): Promise<T> => {
  const folder = await openForeignFolder(to, { isMade: true, ...(check && { check }) }).catch((error) => {
    throw unusable(to, error);
  });
  let notes = 0;
  try {
    await using target = await prepareTarget(folder);
    const result = await action(target);
    notes = notesToFollow;
    return result;
  } finally {
    await heldFolder.hold(folder, notes);
  }
};

/**
 * Finds out what a folder can hold, and prepares it. Disposing leaves the folder itself open.
 * @throws RescueError target-unusable, target-not-ours
 */
const prepareTarget = async (folder: ForeignFolder): Promise<Target> => {
  await using opened = new AsyncDisposableStack();
  try {
    const own = opened.use(await openOwnFolder(folder, ownFolder));
    const staging = opened.use(await openStaging(own));
    await setAside(staging);
    const abilities = await probe(staging);
    const parts = opened.move();
    return {
      ...{ folder, own, staging, abilities },
      freeBytes: () => freeBytesIn(folder.path),
      giveRoom: () => clearName(staging, roomName),
      [Symbol.asyncDispose]: () => parts.disposeAsync(),
    };
  } catch (error) {
    throw unusable(folder.shownAs, error);
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
const setAside = async (staging: StagingFolder): Promise<void> => {
  await using file = await createIn(staging, roomName, 0o600);
  // Noise, since some file systems press zeros together.
  const noise = randomBytes(roomPieceBytes);
  try {
    for (let piece = 0; piece < roomPieces; piece++) await file.writeFile(noise);
  } catch (error) {
    unless('ENOSPC', 'EDQUOT')(error);
  }
};

const fatLimitBytes = 0xffff_ffff;

const probeName = 'probe';

const probe = async (staging: StagingFolder): Promise<Abilities> => {
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
