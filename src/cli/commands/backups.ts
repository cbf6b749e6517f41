import { type ExportOutcome, exportEach } from '../../engine/recovery/backup-export.ts';
import { type RepairOutcome, repairEach } from '../../engine/recovery/backup-repair.ts';
import {
  type Backup,
  type BackupEncryption,
  type BackupList,
  chooseBackups,
  isEncrypted,
  listBackups,
  planExport,
} from '../../engine/recovery/backups.ts';
import { narrowScan } from '../../engine/select.ts';
import { parseBackupKeyFile } from '../../formats/backup-key-file.ts';
import { showable } from '../../formats/bytes.ts';
import { formatSize } from '../../formats/size.ts';
import { type ExitCode, type KnownError, RescueError } from '../../model/errors.ts';
import type { Text } from '../../text/text.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { describeFailure } from '../failure.ts';
import { scanAsked } from '../sources.ts';
import { formatTable } from '../table.ts';

/** Home Assistant's backups: list them with their key, export them, decrypt them. */
export const backupsCommand = defineCommand({
  syntax: 'backups [action] [names..]',
  name: 'backups',
  options: (parser, words) =>
    parser
      .positional('action', {
        choices: ['list', 'export', 'decrypt', 'repair'] as const,
        default: 'list' as const,
        describe: words['backup-action'],
      })
      .positional('names', { type: 'string', array: true, describe: words['backup-names'] })
      .option('to', { type: 'string', requiresArg: true, describe: words.to })
      .option('key-file', { type: 'string', requiresArg: true, describe: words['key-file'] }),
  run: async ({ context, terminal, text, openRecovery }, options): Promise<ExitCode | undefined> => {
    const recovery = await openRecovery();
    const { keyFile, to } = options;
    const given = keyFile === undefined ? [] : parseBackupKeyFile(await terminal.readSmallFile(keyFile));
    const systems = narrowScan(await scanAsked(context, options), options.on);
    const list = await listBackups(
      recovery,
      systems,
      given.map((key) => ({ system: fileKey, key })),
    );
    const printJson = (document: object) => terminal.print(JSON.stringify({ version: 1, ...document }, undefined, 2));
    if (options.action === 'list') {
      if (options.json) printJson({ keys: list.keys, backups: list.backups.map(documentOf) });
      else terminal.print(formatBackups(list, text));
      return undefined;
    }
    if (to === undefined) throw new RescueError('usage', { message: '--to' });
    const chosen = chooseBackups(list, options.names ?? []);
    const decrypts = options.action === 'decrypt';
    const keys = decrypts ? [...new Set([...given, ...list.keys.map(({ key }) => key)])] : [];
    if (options.dryRun) {
      const planned = planExport(chosen, to, options.action);
      if (options.json) printJson({ status: 'planned', planned });
      else
        for (const { path, sizeBytes } of planned)
          terminal.print(text.recovery.wouldWrite(path, formatSize(sizeBytes)));
      terminal.tell(text.run.nothingWritten);
      return undefined;
    }
    if (options.action === 'repair') {
      const outcome = await context.stoppable((signal) => repairEach(recovery, chosen, to, signal));
      if (options.json) printJson(repairDocument(outcome, text));
      else for (const line of formatRepair(outcome, text)) terminal.print(line);
      return outcome.failed.length > 0 || outcome.repaired.some(({ incomplete }) => incomplete.length > 0)
        ? 1
        : undefined;
    }
    const outcome = await context.stoppable((signal) => exportEach(recovery, chosen, to, keys, { signal, decrypts }));
    const { written, failed, remarks, stoppedBy } = outcome;
    // One that was asked for and failed is the whole answer.
    const only = stoppedBy ?? (chosen.length === 1 ? failed[0]?.error : undefined);
    if (only && written.length + remarks.length === 0 && failed.length <= 1) throw only;
    if (options.json) printJson(outcomeDocument(outcome, text));
    else for (const line of formatOutcome(outcome, text)) terminal.print(line);
    if (stoppedBy) return exitCodes[stoppedBy.code];
    return failed.length > 0 || remarks.some(({ kind }) => kind !== 'repeated-name') ? 1 : undefined;
  },
});

/** Whose key it is, where it comes from no disk. */
const fileKey = '--key-file';

const outcomeDocument = ({ written, failed, remarks, stoppedBy }: ExportOutcome, text: Text): object => {
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

const formatOutcome = ({ written, failed, remarks, stoppedBy }: ExportOutcome, text: Text): readonly string[] => [
  ...written.map(text.recovery.exported),
  ...remarks.map(text.recovery.backupRemark),
  ...failed.map(({ file, error }) => {
    const { message } = describeFailure(error, text);
    return 'archive' in error.details ? message : text.recovery.notExported(file, message);
  }),
  ...(stoppedBy ? [describeFailure(stoppedBy, text).message] : []),
];

const repairDocument = ({ repaired, sound, failed }: RepairOutcome, text: Text): object => ({
  status: failed.length > 0 ? 'incomplete' : 'done',
  repaired,
  sound,
  failed: failed.map(({ file, error }) => ({ file, ...describeFailure(error, text).document })),
});

const formatRepair = ({ repaired, sound, failed }: RepairOutcome, text: Text): readonly string[] => [
  ...repaired.flatMap(text.recovery.repairedBackup),
  ...sound.map(text.recovery.soundBackup),
  ...failed.map(({ file, error }) => text.recovery.notExported(file, describeFailure(error, text).message)),
];

const documentOf = ({ volume, ...backup }: Backup) => ({ ...backup, volume: volume.selector });

const formatBackups = ({ backups, keys }: BackupList, { recovery }: Text): string => {
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
