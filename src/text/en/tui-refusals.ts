import { isRescueError } from '../../model/errors.ts';
import { listed, named } from '../names.ts';
import { errorSentence, purposeSentence } from '../sentence.ts';
import type { ErrorSentences, NoticeSentences } from '../sentences.ts';
import { backupReason } from './backup-reasons.ts';
import { errors as usual } from './errors.ts';
import { newerRun } from './newer-run.ts';
import { operations } from './operations.ts';

/** Refusals whose usual sentence names a command or an option, which nobody in the text UI could type. */
const errors = {
  'need-root': () => 'Disks can only be opened by root. Quit, and start Sparekey again with sudo.',
  'source-missing': ({ path }) => `There is nothing at ${named(path)}. Plug it in: it appears by itself.`,
  'several-match': ({ candidates }) =>
    `Several systems match: ${listed(candidates, '')}. Choose one on its own screen.`,
  'account-locked': ({ user }) =>
    `The account “${named(user)}” is locked, or was never given a password. Choose it again to lift the lock as well.`,
  'cannot-mount': ({ selector }) =>
    `The file system on ${named(selector)} could not be opened. It may be damaged, or newer than this kernel. Nothing was changed. If the disk may be failing, copy it before trying anything else on it.`,
  'plan-stale': ({ path }) =>
    `${named(path)} changed between looking and writing, so nothing was written. This happens after a power cut, when unfinished writes are completed first. Go back and do the same once more.`,
  'consent-missing': () => 'Nothing was changed, because nobody agreed to the plan.',
  'password-empty': () => 'The password is empty. Type at least one character, or have one made up.',
  'no-terminal': () => 'There is nobody to ask for the password here.',
  usage: ({ message }) => message,
  'hash-unusable': ({ user, accepted }) =>
    `The hash for “${named(user)}” is of a kind that its system would not understand. Accepted: ${listed(accepted, '')}. Nothing was changed.`,
  'several-to-undo': ({ ids }) => `Several changes could be undone: ${listed(ids, '')}. Choose one from the list.`,
  'target-unusable': ({ path, reason }) =>
    `Nothing can be written to ${named(path)} (${named(reason)}). What was copied before is whole. Choose another place, or plug the stick in again and choose the same once more: it goes on where it stopped.`,
  'target-full': ({ path }) =>
    `The disk with ${named(path)} is full. What is there is whole and listed in the manifest. Make room, and choose the same once more: it goes on where it stopped.`,
  'target-exists': ({ path }) => `${named(path)} is there already, and was left as it is.`,
  stopped: ({ path }) =>
    `Stopped, as you asked. What is in ${named(path)} is whole; choose the same once more, and it goes on where it stopped.`,
  'backup-key-missing': () =>
    'The backup is encrypted, and its key is not on the disk. It stands in the emergency kit that Home Assistant gave (home_assistant_backup_emergency_kit_….txt): type it from there.',
  'wrong-backup-key': ({ archive }) =>
    `The key does not open ${named(archive)}. An older backup may have an older key: look for it in the emergency kit of that time, and type that one.`,
  'archive-damaged': ({ archive, reason }) =>
    `${named(archive)} is damaged or cut short (${backupReason(reason)}), so it was not decrypted. To have it as it is, choose to copy the backups as they are.`,
  locked: ({ selector, tried }) =>
    tried === 0
      ? `${named(selector)} is encrypted: it opens with its passphrase.`
      : `${named(selector)} is encrypted, and what was typed does not open it. Mind capitals and the keyboard’s layout. Nothing was changed.`,
  'changed-since': ({ path }) =>
    `${named(path)} was changed again afterwards; putting the old file back would lose that. Choose the change again to do it all the same.`,
} satisfies Partial<ErrorSentences>;

const sentence = (error: unknown): string =>
  isRescueError(error) ? errorSentence({ ...usual, ...errors }, error) : named(String(error));

const notices = {
  'volume-mounted': ({ selector, mountPoints }) =>
    `${named(selector)} is mounted on ${listed(mountPoints, '?')}, so it was not opened. Unmount it, and it can be opened here.`,
  'cannot-look': ({ selector, error }) => `${named(selector)}: ${sentence(error)}`,
  'partly-unread': ({ selector, error }) =>
    `${named(selector)} could not be examined to its end, so there may be more on it than is shown. ${sentence(error)}`,
  'accounts-failed': ({ system, error }) => `The accounts of ${named(system)} could not be read: ${sentence(error)}`,
  'can-undo': ({ selector, purpose }) =>
    `${named(selector)}: “${purposeSentence({ operations, newerRun }, purpose)}” can be undone.`,
  'was-interrupted': ({ selector }) =>
    `${named(selector)}: an earlier change was cut off. Every file is whole, old or new; “Undo an earlier change” puts all of them back.`,
} satisfies Partial<NoticeSentences>;

/** What the text UI says in their place: what to choose. */
export const refusals = { errors, notices };
