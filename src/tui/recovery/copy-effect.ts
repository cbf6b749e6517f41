import { exportBackups } from '../../engine/recovery/backup-export.ts';
import { recoveredFolderName } from '../../engine/recovery/folder-name.ts';
import { keepReceipt, receiptNotes } from '../../engine/recovery/keep-receipt.ts';
import { copyFrom } from '../../engine/recovery/recover.ts';
import type { BackupRemark } from '../../model/backup.ts';
import { firstFailure, isRescueError, type KnownError, RescueError } from '../../model/errors.ts';
import type { Receipt } from '../../model/receipt.ts';
import type { Recovery } from '../../model/recovery.ts';
import { textFor } from '../../text/index.ts';
import { formatReceipt, receiptDocument } from '../../text/receipt.ts';
import type { HeldSource } from './held-source.ts';
import type { RecoveryEffect, RecoveryMessage } from './messages.ts';
import type { Cargo, Destination, Outcome } from './state.ts';
import type { RecoveryTools } from './tools.ts';
import { destinationName } from './words.ts';

type CopyEffect = Extract<RecoveryEffect, { kind: 'copy' }>;

interface CopyTools extends Omit<RecoveryTools, 'afterLook'> {
  readonly source: HeldSource;
}

/** A folder as the machine knows it, and as a person would name it. */
interface OpenedDestination extends AsyncDisposable {
  readonly folder: string;
  readonly name: string;
}

/**
 * Copies what was chosen to where it was chosen to go. A signal asks it to stop as `stop` does, and is obeyed when what
 * is there is in order.
 * @throws RescueError what Recovery.openPlace and SourceView.copyOut throw
 */
export const carryOutCopy = async (
  tools: CopyTools,
  effect: CopyEffect,
  stop: AbortSignal,
): Promise<RecoveryMessage> => {
  const { job, cargo } = effect;
  const outcome = await tools.context.stoppable(async (interrupted) => {
    const signal = AbortSignal.any([stop, interrupted]);
    const recovery = await tools.openRecovery();
    await using destination = await openDestination(recovery, effect.destination);
    const copied =
      cargo.kind === 'files'
        ? await copyFiles(tools, recovery, effect, destination, signal)
        : await copyBackups(tools, recovery, effect, cargo, destination, signal);
    tools.tell({ kind: 'closing', job });
    return copied;
  });
  return { kind: 'copied', job, outcome };
};

const openDestination = async (recovery: Recovery, destination: Destination): Promise<OpenedDestination> => {
  if (destination.kind === 'folder')
    return { folder: destination.path, name: destination.path, [Symbol.asyncDispose]: async () => {} };
  const opened = await recovery.openPlace(destination.place);
  const { folder } = opened;
  return { folder, name: destinationName(destination), [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
};

/** Folders tried on a place that has those of other volumes with the same name. */
const foldersTried = 20;

const copyFiles = async (
  { context, source, tell }: CopyTools,
  recovery: Recovery,
  { job, volume, paths, destination, language }: CopyEffect,
  opened: OpenedDestination,
  signal: AbortSignal,
): Promise<Outcome> => {
  const notesToFollow = receiptNotes;
  const copyTo = (to: string, shownAs: string): Promise<Receipt> =>
    source.use(volume, (view) =>
      copyFrom(
        context,
        { volume, view, paths },
        { to, shownAs, notesToFollow, keepsOwners: false, signal },
        (progress) => {
          const { copiedBytes, copiedFiles, totalBytes, currentPath, elapsedMs } = progress;
          const movement = { doneBytes: copiedBytes, totalBytes, files: copiedFiles, current: currentPath, elapsedMs };
          tell({ kind: 'moved', job, movement });
        },
      ),
    );
  const keep = async (to: string, shownAs: string): Promise<Outcome> => {
    const receipt = inPersonsWords(await copyTo(to, shownAs), to, shownAs);
    const text = textFor(language);
    const content = { text: formatReceipt(receipt, text), document: receiptDocument(receipt, text) };
    await keepReceipt(recovery, to, receipt, content);
    return { kind: 'files', receipt };
  };
  if (destination.kind === 'folder') return await keep(destination.path, destination.path);
  const name = recoveredFolderName(volume);
  for (let number = 1; ; number += 1) {
    const folder = number === 1 ? name : `${name}-${number}`;
    try {
      return await keep(`${opened.folder}/${folder}`, `${opened.name}: ${folder}`);
    } catch (error) {
      // Another volume of the same name was copied there before; the two must not mix.
      const isTaken = isRescueError(error) && error.code === 'target-other-run';
      if (!isTaken || number >= foldersTried)
        throw inPersonsWordsIfKnown(error, `${opened.folder}/`, `${opened.name}: `);
    }
  }
};

/** Where a place is mounted is nobody's business. */
const inPersonsWords = (receipt: Receipt, folder: string, name: string): Receipt => {
  const { stoppedBy } = receipt.summary;
  if (stoppedBy === undefined) return receipt;
  return { ...receipt, summary: { ...receipt.summary, stoppedBy: renamed(stoppedBy, folder, name) } };
};

const inPersonsWordsIfKnown = (error: unknown, folder: string, name: string): unknown => {
  const known = firstFailure(error);
  return isRescueError(known) ? renamed(known, folder, name) : error;
};

const renamed = (error: RescueError, folder: string, name: string): RescueError => {
  const { code, details } = error;
  if (!('path' in details) || !details.path.startsWith(folder)) return error;
  const changed = { ...details, path: name + details.path.slice(folder.length) };
  return new RescueError(code, changed as KnownError['details'] as never, { cause: error });
};

const copyBackups = async (
  { tell }: CopyTools,
  recovery: Recovery,
  { job, volume, destination }: CopyEffect,
  { backups, keys }: Extract<Cargo, { kind: 'backups' }>,
  opened: OpenedDestination,
  signal: AbortSignal,
): Promise<Outcome> => {
  const subfolder = destination.kind === 'place' ? `/${recoveredFolderName(volume)}` : '';
  const to = `${opened.folder}${subfolder}`;
  const shownAs = destination.kind === 'place' ? `${opened.name}: ${subfolder.slice(1)}` : opened.name;
  const totalBytes = backups.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const startedMs = performance.now();
  const written: string[] = [];
  const existing: string[] = [];
  const failed: { file: string; error: unknown }[] = [];
  const remarks: BackupRemark[] = [];
  const onRemark = (remark: BackupRemark) => void remarks.push(remark);
  let doneBefore = 0;
  for (const [index, backup] of backups.entries()) {
    if (signal.aborted) break;
    const { file, sizeBytes } = backup;
    const onBytes = (bytes: number) => {
      const doneBytes = doneBefore + Math.min(bytes, sizeBytes);
      const elapsedMs = performance.now() - startedMs;
      tell({ kind: 'moved', job, movement: { doneBytes, totalBytes, files: index, current: file, elapsedMs } });
    };
    try {
      const secrets = keys.map((key) => key.reveal());
      const paths = await exportBackups(recovery, [backup], to, secrets, { signal, onBytes, onRemark });
      written.push(...paths.map((path) => shownAs + path.slice(to.length)));
    } catch (error) {
      const known = firstFailure(error);
      if (!isRescueError(known)) throw error;
      // What is under way is left out; the rest is whole.
      if (known.code === 'stopped') break;
      if (known.code === 'target-exists') existing.push(known.details.path.replace(to, () => shownAs));
      else failed.push({ file, error: renamed(known, to, shownAs) });
    }
    doneBefore += sizeBytes;
  }
  return { kind: 'backups', written, existing, failed, remarks, isStopped: signal.aborted };
};
