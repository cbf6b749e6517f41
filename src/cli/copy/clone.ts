import { planClone } from '../../engine/recovery/clone.ts';
import { jsonDocument, jsonLine } from '../../formats/json-text.ts';
import { formatSize } from '../../formats/size.ts';
import type { CloneProgress } from '../../model/recovery.ts';
import { formatClonePlan, formatCloneProgress } from '../recovery-text.ts';
import type { CopyRunner } from './runner.ts';

/** Images a failing disk. */
export const runClone: CopyRunner<'clone'> = async (
  { context, terminal, text, openRecovery },
  { device, file },
  options,
) => {
  const { json } = options;
  const recovery = await openRecovery();
  if (options.dryRun) {
    const plan = await planClone(context, recovery, device, file);
    terminal.print(json ? jsonDocument(plan) : formatClonePlan(plan, text));
    terminal.tell(text.run.nothingWritten);
    return undefined;
  }
  const onProgress = (progress: CloneProgress) =>
    terminal.tell(json ? jsonLine({ kind: 'cloning', ...progress }) : formatCloneProgress(progress, text));
  const summary = await context.stoppable((signal) => recovery.clone(device, file, onProgress, signal));
  const { badRanges, badBytes, mapFile } = summary;
  if (json) terminal.print(jsonDocument({ version: 1, device, file, ...summary }));
  else {
    if (badBytes > 0) terminal.print(text.recovery.cloneBad(badRanges.length, formatSize(badBytes)));
    terminal.print(text.recovery.cloneDone(file, mapFile));
  }
  return badBytes > 0 ? 1 : undefined;
};
