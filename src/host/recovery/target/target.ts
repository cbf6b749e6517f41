import { randomBytes } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import { RescueError } from '../../../model/errors.ts';
import type { CopyRequest } from '../../../model/recovery.ts';
import { type Abilities, probe } from '../../foreign/abilities.ts';
import { clearName, createIn } from '../../foreign/files.ts';
import { type ForeignFolder, type OpeningOptions, openForeignFolder } from '../../foreign/folder.ts';
import { heldFolder } from '../../foreign/held-folder.ts';
import { openOwnFolder, openStaging, type StagingFolder } from '../../foreign/own-folder.ts';
import { isSystemError, unless } from '../../process/system-error.ts';

/** Our own folder in the target: the record of progress, and the files that are growing. */
export const ownFolder = '.sparekey-recovery';

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
