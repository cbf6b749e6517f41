import {
  type Backup,
  type BackupList,
  chooseBackups,
  exportBackups,
  listBackups,
  planExport,
} from '../../engine/recovery/backups.ts';
import { narrowScan } from '../../engine/select.ts';
import { decodeBytes, showable } from '../../formats/bytes.ts';
import { formatSize } from '../../formats/size.ts';
import { RescueError } from '../../model/errors.ts';
import type { Text } from '../../text/text.ts';
import { defineCommand } from '../command.ts';
import { scanAsked } from '../sources.ts';
import { formatTable } from '../table.ts';

/** Home Assistant's backups: list them with their key, export them, decrypt them. */
export const backupsCommand = defineCommand({
  syntax: 'backups [action] [names..]',
  name: 'backups',
  options: (parser, words) =>
    parser
      .positional('action', {
        choices: ['list', 'export', 'decrypt'] as const,
        default: 'list' as const,
        describe: words['backup-action'],
      })
      .positional('names', { type: 'string', array: true, describe: words['backup-names'] })
      .option('to', { type: 'string', requiresArg: true, describe: words.to })
      .option('key-file', { type: 'string', requiresArg: true, describe: words['key-file'] }),
  run: async ({ context, terminal, text, openRecovery }, options) => {
    const recovery = await openRecovery();
    const list = await listBackups(recovery, narrowScan(await scanAsked(context, options), options.on));
    const printJson = (document: object) => terminal.print(JSON.stringify({ version: 1, ...document }, undefined, 2));
    if (options.action === 'list') {
      if (options.json) return printJson({ keys: list.keys, backups: list.backups.map(documentOf) });
      return terminal.print(formatBackups(list, text));
    }
    if (options.to === undefined) throw new RescueError('usage', { message: '--to' });
    const chosen = chooseBackups(list, options.names ?? []);
    const keyFile = options.keyFile;
    const keys =
      keyFile === undefined ? list.keys.map(({ key }) => key) : [lineOf(await terminal.readSmallFile(keyFile))];
    const mustDecrypt = options.action === 'decrypt';
    if (mustDecrypt && keys.length === 0 && chosen.some(({ facts }) => facts?.isProtected))
      throw new RescueError('backup-key-missing', {});
    if (options.dryRun) {
      const planned = planExport(chosen, options.to, mustDecrypt);
      if (options.json) printJson({ status: 'planned', planned });
      else
        for (const { path, sizeBytes } of planned)
          terminal.print(text.recovery.wouldWrite(path, formatSize(sizeBytes)));
      return terminal.tell(text.run.nothingWritten);
    }
    const { to } = options;
    const written = await context.stoppable((signal) =>
      exportBackups(recovery, chosen, to, mustDecrypt ? keys : [], { signal }),
    );
    if (options.json) printJson({ written });
    else for (const path of written) terminal.print(text.recovery.exported(path));
  },
});

/** The first line, without its ending. */
const lineOf = (bytes: Uint8Array): string => decodeBytes(bytes).split(/\r?\n/, 1)[0]?.trim() ?? '';

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

const protectionOf = ({ facts, reason }: Backup, words: Text['recovery']): string => {
  if (facts === undefined) return words.unreadableBackup(reason ?? '');
  return facts.isProtected ? words.encrypted : words.plain;
};
