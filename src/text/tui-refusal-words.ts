import type { ErrorCode } from '../model/errors.ts';
import type { NoticeCode } from '../model/plan.ts';
import type { ErrorSentences, NoticeSentences } from './sentences.ts';

/** Refusals whose usual sentence names a command or an option, which nobody in the text UI could type. */
type CommandError = Extract<
  ErrorCode,
  | 'need-root'
  | 'source-missing'
  | 'several-match'
  | 'account-locked'
  | 'cannot-mount'
  | 'plan-stale'
  | 'consent-missing'
  | 'password-empty'
  | 'no-terminal'
  | 'usage'
  | 'hash-unusable'
  | 'several-to-undo'
  | 'target-unusable'
  | 'target-full'
  | 'target-exists'
  | 'stopped'
  | 'backup-key-missing'
  | 'wrong-backup-key'
  | 'archive-damaged'
  | 'changed-since'
  | 'locked'
>;

type CommandNotice = Extract<
  NoticeCode,
  'volume-mounted' | 'cannot-look' | 'partly-unread' | 'accounts-failed' | 'can-undo' | 'was-interrupted'
>;

/** What the text UI says in their place: what to choose. */
export interface TuiRefusalWords {
  readonly errors: Pick<ErrorSentences, CommandError>;
  readonly notices: Pick<NoticeSentences, CommandNotice>;
}
