import type { Context } from '../../engine/context.ts';
import type { Recovery } from '../../model/recovery.ts';
import type { RecoveryMessage } from './messages.ts';

/** What getting files out works with. */
export interface RecoveryTools {
  readonly context: Context;
  readonly openRecovery: () => Promise<Recovery>;
  /** For what is said while a job is under way. */
  readonly tell: (message: RecoveryMessage) => void;
  /** Waits for a look at the disks, and keeps the next one waiting. */
  readonly afterLook: <T>(action: () => Promise<T>) => Promise<T>;
}
