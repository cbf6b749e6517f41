import type { ExportOutcome } from '../engine/recovery/backup-export.ts';
import type { RepairOutcome } from '../engine/recovery/backup-repair.ts';
import { type Backup, type BackupEncryption, type BackupList, isEncrypted } from '../engine/recovery/backups.ts';
import { showable } from '../formats/bytes.ts';
import { formatSize } from '../formats/size.ts';
import type { KnownError } from '../model/errors.ts';
import type { Text } from '../text/text.ts';
import { describeFailure } from './failure.ts';
import { formatTable } from './table.ts';

/** Whose key it is, where it comes from no disk. */
export const fileKey = '--key-file';

/** With --json, what became of each. */
export const outcomeDocument = ({ written, failed, remarks, stoppedBy }: ExportOutcome, text: Text): object => {
  const isDone = failed.length === 0 && stoppedBy === undefined;
  const errorOf = (error: KnownError) => describeFailure(error, text).document;
  return {
    status: isDone ? 'done' : 'incomplete',
    written,
    failed: failed.map(({ file, error }) => ({ file, ...errorOf(error) })),
    remarks,
    ...(stoppedBy && errorOf(stoppedBy)),
  };
};

/** What became of each, a line or two for each. */
export const formatOutcome = (
  { written, failed, remarks, stoppedBy }: ExportOutcome,
  text: Text,
): readonly string[] => [
  ...written.map(text.recovery.exported),
  ...remarks.map(text.recovery.backupRemark),
  ...failed.map(({ file, error }) => failureLine(file, error, text)),
  ...(stoppedBy ? [describeFailure(stoppedBy, text).message] : []),
];

const failureLine = (file: string, error: KnownError, text: Text): string => {
  const { message } = describeFailure(error, text);
  return 'archive' in error.details ? message : text.recovery.notExported(file, message);
};

/** Whether every backup was repaired, and nothing in them is missing. */
export const isAllWhole = ({ repaired, failed, stoppedBy }: RepairOutcome): boolean =>
  stoppedBy === undefined &&
  failed.length === 0 &&
  repaired.every(({ incomplete, leftOut }) => incomplete.length + leftOut.length === 0);

/** With --json, what became of each that was to be repaired. */
export const repairDocument = (outcome: RepairOutcome, text: Text): object => ({
  status: isAllWhole(outcome) ? 'done' : 'incomplete',
  repaired: outcome.repaired,
  sound: outcome.sound,
  failed: outcome.failed.map(({ file, error }) => ({ file, ...describeFailure(error, text).document })),
  ...(outcome.stoppedBy && describeFailure(outcome.stoppedBy, text).document),
});

/** What became of each that was to be repaired. */
export const formatRepair = ({ repaired, sound, failed, stoppedBy }: RepairOutcome, text: Text): readonly string[] => [
  ...repaired.flatMap(text.recovery.repairedBackup),
  ...sound.map(text.recovery.soundBackup),
  ...failed.map(({ file, error }) => failureLine(file, error, text)),
  ...(stoppedBy ? [describeFailure(stoppedBy, text).message] : []),
];

/** With --json, one backup of the list. */
export const documentOf = ({ volume, ...backup }: Backup) => ({ ...backup, volume: volume.selector });

/** The list, and the keys below it. */
export const formatBackups = ({ backups, keys }: BackupList, { recovery }: Text): string => {
  const { file, name, date, type, size, protection } = recovery.columns;
  const rows = backups.map((backup) => [
    showable(backup.file),
    showable(backup.facts?.name ?? ''),
    showable(backup.facts?.date?.slice(0, 16).replace('T', ' ') ?? ''),
    showable(backup.facts?.type ?? ''),
    formatSize(backup.sizeBytes),
    protectionOf(backup, recovery),
  ]);
  const table = rows.length > 0 ? formatTable([[file, name, date, type, size, protection], ...rows]) : [];
  const words = keys.length > 0 ? keys.map(({ key }) => recovery.keyIs(showable(key))) : [recovery.keyMissing];
  return [...table, ...words].join('\n');
};

const protectionOf = (backup: Backup, words: Text['recovery']): string => {
  const { facts, encryption, reason } = backup;
  if (facts === undefined && encryption === undefined) return words.unreadableBackup(reason ?? '');
  const state = isEncrypted(backup) ? keyWords(encryption, words) : words.plain;
  return reason === undefined ? state : words.damagedBackup(state, reason);
};

const keyWords = (encryption: BackupEncryption | undefined, words: Text['recovery']): string => {
  if (encryption === undefined) return words.encrypted;
  const { version, opensWith } = encryption;
  if (version === undefined) return words.encryptionIsNewer;
  if (opensWith === undefined) return words.openedByNone;
  return opensWith === fileKey ? words.openedByFile : words.openedBy(opensWith);
};
