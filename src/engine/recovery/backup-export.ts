import { decryptBackup, planDecryption, surveyBackup } from '../../formats/backup-archive.ts';
import type { OpenBytes } from '../../formats/byte-reader.ts';
import { SecureTarError } from '../../formats/securetar-error.ts';
import { createSecureTarKey, type SecureTarKey } from '../../formats/securetar-key.ts';
import type { BackupRemark } from '../../model/backup.ts';
import { type ErrorCode, firstFailure, isRescueError, type KnownError, RescueError } from '../../model/errors.ts';
import type { Recovery } from '../../model/recovery.ts';
import { type Backup, chooseKey, decryptedName } from './backups.ts';

export interface ExportOptions {
  /** Aborted: what is being written is left out. */
  readonly signal?: AbortSignal;
  /** How much of the backup that is being written was dealt with, of its size. */
  readonly onBytes?: (doneBytes: number) => void;
  readonly onRemark?: (remark: BackupRemark) => void;
  /** Whether they are to be decrypted; without it, where there are keys. */
  readonly decrypts?: boolean;
}

/**
 * Writes backups into a folder of this machine: as they are, or decrypted into plain tars that any program opens.
 * @param keys tried one after the other
 * @returns the paths written
 * @throws RescueError wrong-backup-key, backup-key-missing, archive-damaged, target-exists, target-unusable, stopped
 */
export const exportBackups = async (
  recovery: Recovery,
  backups: readonly Backup[],
  to: string,
  keys: readonly string[],
  options: ExportOptions = {},
): Promise<readonly string[]> => {
  const secrets = keys.map(createSecureTarKey);
  const written: string[] = [];
  for (const backup of backups) written.push(await exportOne(recovery, backup, to, secrets, options));
  return written;
};

const exportOne = async (
  recovery: Recovery,
  { volume, path, file, sizeBytes }: Backup,
  to: string,
  keys: readonly SecureTarKey[],
  { signal, onBytes = () => {}, onRemark = () => {}, decrypts = keys.length > 0 }: ExportOptions,
): Promise<string> => {
  await using view = await recovery.open(volume);
  let plannedBytes: number | undefined;
  let readBytes = 0;
  const open: OpenBytes = async function* (startBytes) {
    for await (const chunk of view.stream(path, startBytes)) {
      if (signal?.aborted) throw new RescueError('stopped', { path: to });
      yield chunk;
      readBytes += chunk.length;
      // How much there is to read is known once it was planned: twice the size where all of it had to be measured.
      const share = plannedBytes === undefined ? 1 / 2 : sizeBytes / (plannedBytes + sizeBytes);
      onBytes(Math.floor(readBytes * share));
    }
  };
  const write = async (name: string, content: AsyncIterable<Uint8Array>): Promise<string> => {
    plannedBytes = readBytes;
    await recovery.writeFile(to, name, content);
    return `${to}/${name}`;
  };
  if (!decrypts) return await write(file, open(0));
  try {
    const { facts, encrypted, repeated, isWhole, reason } = await surveyBackup(open);
    if (!isWhole) throw new RangeError(reason);
    const tell = () => {
      if (!facts) onRemark({ kind: 'unfinished', file });
      for (const name of repeated) onRemark({ kind: 'repeated-name', file, name });
    };
    if (encrypted === undefined) {
      const written = await write(file, open(0));
      tell();
      return written;
    }
    if (keys.length === 0) throw new RescueError('backup-key-missing', {});
    const key = await chooseKey(encrypted, keys);
    // What is no archive, in a backup that says it is plain, is rather spoilt than encrypted.
    if (!key && encrypted.version === 1 && facts?.isProtected === false) throw new SecureTarError('damaged');
    if (!key) throw new SecureTarError(encrypted.version === undefined ? 'unknown version' : 'wrong-key');
    const plan = await planDecryption(open, key);
    const written = await write(decryptedName(file), decryptBackup(open, key, plan));
    tell();
    for (const name of plan.leftOut.values()) onRemark({ kind: 'left-out', file, name });
    return written;
  } catch (error) {
    throw explained(error, file);
  }
};

/** What is wrong with a backup, as a refusal; other errors as they are. */
export const explained = (error: unknown, archive: string): unknown => {
  if (error instanceof SecureTarError && error.reason === 'wrong-key')
    return new RescueError('wrong-backup-key', { archive }, { cause: error });
  if (error instanceof SecureTarError || error instanceof RangeError)
    return new RescueError('archive-damaged', { archive, reason: error.message }, { cause: error });
  return error;
};

/** What became of each of several backups. */
export interface ExportOutcome {
  readonly written: readonly string[];
  readonly failed: readonly { readonly file: string; readonly error: KnownError }[];
  readonly remarks: readonly BackupRemark[];
  /** Why the rest was not tried. */
  readonly stoppedBy?: KnownError;
}

/** What is wrong with one backup, and says nothing of the next. */
export const ownFailures: readonly ErrorCode[] = [
  'wrong-backup-key',
  'backup-key-missing',
  'archive-damaged',
  'nothing-to-repair',
  'target-exists',
  'read-failed',
];

/** The same for each by itself: what is wrong with one does not end the run over the others. */
export const exportEach = async (
  recovery: Recovery,
  backups: readonly Backup[],
  to: string,
  keys: readonly string[],
  options: Pick<ExportOptions, 'signal' | 'decrypts'>,
): Promise<ExportOutcome> => {
  const written: string[] = [];
  const failed: { file: string; error: KnownError }[] = [];
  const remarks: BackupRemark[] = [];
  const onRemark = (remark: BackupRemark) => void remarks.push(remark);
  for (const backup of backups)
    try {
      written.push(...(await exportBackups(recovery, [backup], to, keys, { ...options, onRemark })));
    } catch (error) {
      const known = firstFailure(error);
      if (!isRescueError(known)) throw error;
      if (!ownFailures.includes(known.code)) return { written, failed, remarks, stoppedBy: known };
      failed.push({ file: backup.file, error: known });
    }
  return { written, failed, remarks };
};
