import { firstFailure, isRescueError, type KnownError, RescueError } from '../../model/errors.ts';
import type { Receipt } from '../../model/receipt.ts';
import type { Recovery } from '../../model/recovery.ts';
import type { Volume } from '../../model/storage.ts';
import type { Context } from '../context.ts';
import { recoveredFolderName } from './folder-name.ts';
import { keepReceipt, type ReceiptContent, receiptNotes } from './keep-receipt.ts';
import type { CopyTarget } from './recover.ts';

/** Where a copy goes, open until it is disposed of. */
export interface OpenedTarget extends AsyncDisposable {
  /** As this machine knows it. */
  readonly folder: string;
  /** As a person would name it. */
  readonly place: string;
  /** What stands between the place and the name of a folder in it. */
  readonly separator: string;
  /** The volume after which the copy gets a folder of its own there; without one it goes into the folder itself. */
  readonly ownFolderOf?: Volume;
}

/** What a recovery is made of, whichever the face. */
export interface RecoveryRun {
  readonly openTarget: () => Promise<OpenedTarget>;
  /** Copies into a folder; called anew with another name where that folder holds what came from another volume. */
  readonly copy: (
    target: Required<Pick<CopyTarget, 'to' | 'shownAs' | 'notesToFollow' | 'signal'>>,
  ) => Promise<Receipt>;
  readonly describe: (receipt: Receipt) => ReceiptContent;
  /** Somebody's wish to stop, beside a signal's. */
  readonly stop?: AbortSignal;
  /** All is written; closing the target can take a while. */
  readonly onClosing?: () => void;
}

/** Folders tried in a place that has those of other volumes with the same name. */
const foldersTried = 20;

/**
 * The one way in which files are got out: opens the target, copies, and leaves the receipt beside the files. A signal, or
 * `stop`, ends the copy in good order: what is there is whole, and the receipt says why it is not all.
 * @throws RescueError what opening the target, `copy` and keepReceipt throw, with paths as a person would name them
 */
export const runRecovery = (
  { stoppable }: Pick<Context, 'stoppable'>,
  recovery: Recovery,
  run: RecoveryRun,
): Promise<Receipt> =>
  stoppable(async (interrupted) => {
    const signal = run.stop ? AbortSignal.any([run.stop, interrupted]) : interrupted;
    await using target = await run.openTarget();
    const { ownFolderOf } = target;
    const copyInto = (name?: string) => copyAndKeep(recovery, run, target, signal, name);
    const copying = ownFolderOf ? inOwnFolder(recoveredFolderName(ownFolderOf), copyInto) : copyInto();
    const receipt = await copying.catch((error) => {
      throw namedByPerson(error, target);
    });
    run.onClosing?.();
    return receipt;
  });

/** Another volume of the same name may have been copied there before; the two must not mix. */
const inOwnFolder = async (name: string, copyInto: (name: string) => Promise<Receipt>): Promise<Receipt> => {
  for (let number = 1; ; number += 1)
    try {
      return await copyInto(number === 1 ? name : `${name}-${number}`);
    } catch (error) {
      const isTaken = isRescueError(error) && error.code === 'target-other-run';
      if (!isTaken || number >= foldersTried) throw error;
    }
};

const copyAndKeep = async (
  recovery: Recovery,
  { copy, describe }: RecoveryRun,
  target: OpenedTarget,
  signal: AbortSignal,
  name?: string,
): Promise<Receipt> => {
  const { to, shownAs } = folderIn(target, name);
  const copied = await copy({ to, shownAs, notesToFollow: receiptNotes, signal });
  const { stoppedBy } = copied.summary;
  const receipt: Receipt = stoppedBy
    ? { ...copied, summary: { ...copied.summary, stoppedBy: renamed(stoppedBy, target) } }
    : copied;
  await keepReceipt(recovery, to, receipt, describe(receipt));
  return receipt;
};

/** The folder in a target that is a copy's own, as this machine and as a person know it. */
export const folderIn = (
  { folder, place, separator, ownFolderOf }: OpenedTarget,
  name: string | undefined = ownFolderOf && recoveredFolderName(ownFolderOf),
): { readonly to: string; readonly shownAs: string } =>
  name === undefined
    ? { to: folder, shownAs: place }
    : { to: `${folder}/${name}`, shownAs: `${place}${separator}${name}` };

/** A folder of this machine, which a person names by its path. */
export const folderTarget = (path: string): OpenedTarget => ({
  folder: path,
  place: path,
  separator: '/',
  [Symbol.asyncDispose]: async () => {},
});

/** Where a target is mounted is nobody's business: a person knows the stick by its label. */
export const namedByPerson = (
  error: unknown,
  target: Pick<OpenedTarget, 'folder' | 'place' | 'separator'>,
): unknown => {
  const known = firstFailure(error);
  return isRescueError(known) ? renamed(known, target) : error;
};

const renamed = (
  error: RescueError,
  { folder, place, separator }: Pick<OpenedTarget, 'folder' | 'place' | 'separator'>,
): RescueError => {
  const { code, details } = error;
  if (folder === place || !('path' in details)) return error;
  const { path } = details;
  if (path !== folder && !path.startsWith(`${folder}/`)) return error;
  const inside = path.slice(folder.length + 1);
  const changed = { ...details, path: inside === '' ? place : `${place}${separator}${inside}` };
  return new RescueError(code, changed as KnownError['details'] as never, { cause: error });
};
