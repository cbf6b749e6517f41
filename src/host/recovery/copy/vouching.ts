import { isSystemError } from '../../process/system-error.ts';
import { flush } from '../target/flush.ts';
import type { ProgressRecord } from '../target/progress-record.ts';
import type { Target } from '../target/target.ts';
import type { Ledger, Settled } from './ledger.ts';

/** How often what was copied is flushed and vouched for. */
export const checkpointMs = 5000;

/**
 * Flushes what was copied to the target, and only then vouches for it there.
 * On a target that has become full, the room that was set aside is for that.
 * @throws TargetError
 */
export const vouchFor = async (
  target: Target,
  record: ProgressRecord,
  { lines, folders }: Pick<Settled, 'lines' | 'folders'>,
): Promise<void> => {
  await flush(target.folder.path);
  try {
    await record.append(lines, folders);
  } catch (error) {
    if (!isSystemError(error) || (error.code !== 'ENOSPC' && error.code !== 'EDQUOT')) throw error;
    await target.giveRoom();
    await record.append(lines, folders);
  }
};

/** @returns what vouches, now and then or at once, for what was copied since the last time */
export const checkpoints = (
  target: Target,
  record: ProgressRecord,
): ((ledger: Ledger, isDue: boolean) => Promise<void>) => {
  let checkedMs = performance.now();
  return async (ledger, isDue) => {
    if (!isDue && performance.now() - checkedMs < checkpointMs) return;
    checkedMs = performance.now();
    const { lines, folders } = ledger.takeSettled();
    if (lines.length === 0 && folders.length === 0) return;
    await vouchFor(target, record, { lines, folders });
  };
};
