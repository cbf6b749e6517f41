import { isSystemError } from '../system-error.ts';
import { flush } from './flush.ts';
import type { Settled } from './ledger.ts';
import type { ProgressRecord } from './progress-record.ts';
import type { Target } from './target.ts';

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
