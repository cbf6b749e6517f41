import { exportBackups } from '../../engine/recovery/backup-export.ts';
import { copyFrom } from '../../engine/recovery/recover.ts';
import { folderIn, folderTarget, namedByPerson, type OpenedTarget, runRecovery } from '../../engine/recovery/run.ts';
import type { BackupRemark } from '../../model/backup.ts';
import { firstFailure, isRescueError } from '../../model/errors.ts';
import type { CopyProgress, Recovery } from '../../model/recovery.ts';
import { textFor } from '../../text/index.ts';
import { describeReceipt } from '../../text/receipt.ts';
import type { HeldSource } from './held-source.ts';
import type { RecoveryEffect, RecoveryMessage } from './messages.ts';
import type { Cargo, Outcome } from './state.ts';
import type { RecoveryTools } from './tools.ts';
import { destinationName } from './words.ts';

type CopyEffect = Extract<RecoveryEffect, { kind: 'copy' }>;

interface CopyTools extends Omit<RecoveryTools, 'afterLook'> {
  readonly source: HeldSource;
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
  const recovery = await tools.openRecovery();
  const outcome =
    cargo.kind === 'files'
      ? await copyFiles(tools, recovery, effect, stop)
      : await tools.context.stoppable((interrupted) =>
          copyBackups(tools, recovery, effect, cargo, AbortSignal.any([stop, interrupted])),
        );
  return { kind: 'copied', job, outcome };
};

/** A folder that somebody typed is taken as it is; in a place, every volume gets a folder of its own. */
const openTarget = async (recovery: Recovery, { destination, volume }: CopyEffect): Promise<OpenedTarget> => {
  if (destination.kind === 'folder') return folderTarget(destination.path);
  const opened = await recovery.openPlace(destination.place);
  return {
    folder: opened.folder,
    place: destinationName(destination),
    separator: ': ',
    ownFolderOf: volume,
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
};

const copyFiles = async (
  { context, source, tell }: CopyTools,
  recovery: Recovery,
  effect: CopyEffect,
  stop: AbortSignal,
): Promise<Outcome> => {
  const { job, volume, paths, language } = effect;
  const onProgress = ({ copiedBytes, copiedFiles, totalBytes, currentPath, elapsedMs }: CopyProgress) => {
    const movement = { doneBytes: copiedBytes, totalBytes, files: copiedFiles, current: currentPath, elapsedMs };
    tell({ kind: 'moved', job, movement });
  };
  const receipt = await runRecovery(context, recovery, {
    openTarget: () => openTarget(recovery, effect),
    copy: (target) =>
      source.use(volume, (view) =>
        copyFrom(context, { volume, view, paths }, { ...target, keepsOwners: false }, onProgress),
      ),
    describe: describeReceipt(textFor(language), 'tui'),
    stop,
    onClosing: () => tell({ kind: 'closing', job }),
  });
  return { kind: 'files', receipt };
};

const copyBackups = async (
  { tell }: CopyTools,
  recovery: Recovery,
  effect: CopyEffect,
  { backups, keys }: Extract<Cargo, { kind: 'backups' }>,
  signal: AbortSignal,
): Promise<Outcome> => {
  const { job } = effect;
  await using target = await openTarget(recovery, effect);
  const { to, shownAs } = folderIn(target);
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
      else failed.push({ file, error: namedByPerson(known, target) });
    }
    doneBefore += sizeBytes;
  }
  tell({ kind: 'closing', job });
  return { kind: 'backups', written, existing, failed, remarks, isStopped: signal.aborted };
};
