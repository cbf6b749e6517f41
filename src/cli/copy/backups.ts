import { exportEach } from '../../engine/recovery/backup-export.ts';
import { repairEach } from '../../engine/recovery/backup-repair.ts';
import { chooseBackups, isEncrypted, listBackups, planExport } from '../../engine/recovery/backups.ts';
import { narrowScan } from '../../engine/select.ts';
import { parseBackupKeyFile } from '../../formats/backup-key-file.ts';
import { jsonDocument } from '../../formats/json-text.ts';
import { formatSize } from '../../formats/size.ts';
import { RescueError } from '../../model/errors.ts';
import {
  documentOf,
  fileKey,
  formatBackups,
  formatOutcome,
  formatRepair,
  isAllWhole,
  outcomeDocument,
  repairDocument,
} from '../backups-text.ts';
import { exitCodes } from '../exit-codes.ts';
import { scanAsked } from '../sources.ts';
import type { CopyRunner } from './runner.ts';

/** Home Assistant's backups: list them with their key, export them, decrypt them. */
export const runBackups: CopyRunner<'backups'> = async (
  { context, terminal, text, openRecovery },
  { action, names = [], to, decrypt, 'key-file': keyFile },
  options,
) => {
  const recovery = await openRecovery();
  const given = keyFile === undefined ? [] : parseBackupKeyFile(await terminal.readSmallFile(keyFile));
  const systems = narrowScan(await scanAsked(context, options), options.on);
  const list = await listBackups(
    recovery,
    systems,
    given.map((key) => ({ system: fileKey, key })),
  );
  const printJson = (document: object) => terminal.print(jsonDocument({ version: 1, ...document }));
  if (action === 'list') {
    if (options.json) printJson({ keys: list.keys, backups: list.backups.map(documentOf) });
    else terminal.print(formatBackups(list, text));
    return undefined;
  }
  if (to === undefined) throw new RescueError('usage', { message: '--to' });
  const chosen = chooseBackups(list, names);
  const decrypts = action === 'decrypt';
  const known = [...new Set([...given, ...list.keys.map(({ key }) => key)])];
  const keys = decrypts ? known : [];
  if (options.dryRun) {
    if (decrypts && keys.length === 0 && chosen.some(isEncrypted)) throw new RescueError('backup-key-missing', {});
    const planned = planExport(chosen, to, action);
    if (options.json) printJson({ status: 'planned', planned });
    else
      for (const { path, sizeBytes } of planned) terminal.print(text.recovery.wouldWrite(path, formatSize(sizeBytes)));
    terminal.tell(text.run.nothingWritten);
    return undefined;
  }
  if (action === 'repair') {
    const outcome = await context.stoppable((signal) =>
      repairEach(recovery, chosen, to, { signal, keys: decrypt ? known : undefined }),
    );
    if (options.json) printJson(repairDocument(outcome, text));
    else for (const line of formatRepair(outcome, text)) terminal.print(line);
    if (outcome.stoppedBy) return exitCodes[outcome.stoppedBy.code];
    return isAllWhole(outcome) ? undefined : 1;
  }
  const outcome = await context.stoppable((signal) => exportEach(recovery, chosen, to, keys, { signal, decrypts }));
  const { written, failed, remarks, stoppedBy } = outcome;
  // One that was asked for and failed is the whole answer.
  const only = stoppedBy ?? (chosen.length === 1 ? failed[0]?.error : undefined);
  if (only && written.length === 0 && failed.length === (stoppedBy ? 0 : 1)) throw only;
  if (options.json) printJson(outcomeDocument(outcome, text));
  else for (const line of formatOutcome(outcome, text)) terminal.print(line);
  if (stoppedBy) return exitCodes[stoppedBy.code];
  return failed.length > 0 || remarks.some(({ kind }) => kind !== 'repeated-name') ? 1 : undefined;
};
