import { named } from '../names.ts';
import type { OperationTexts } from '../operation-words.ts';

const on = (selector: string | undefined) => (selector === undefined ? '' : ` on ${named(selector)}`);

const undoHere = 'If you want the old state back: choose the volume again, then “Undo an earlier change”.';

export const operations: OperationTexts = {
  'reset-password': {
    help: 'Set a new password for one account',
    menu: 'Reset a password',
    inputs: {
      password: 'The new password',
      unlock: 'Also lift a lock on the account, or give it its first password',
      fix: 'Also cure what keeps this account out, by the ids that check prints; all for everything',
    },
    title: ({ user, system }) => `New password for “${named(user)}” on ${named(system)}`,
    step: (user, selector) => `new password for “${named(user)}”${on(selector)}`,
    apply: 'Set the new password',
    insist: {
      title: 'This account is locked',
      question: ({ user }) =>
        `“${named(user)}” is locked, or never had a password. Somebody may have wanted it so. A new password helps only if the lock is lifted as well.`,
      yes: 'Lift the lock, too',
    },
    verified: 'Checked on a fresh look at the disk: the new password is accepted.',
    next: ({ user }, realm) => [
      realm === 'linux'
        ? `Log in as ${named(user)} with the new password.`
        : `Open Home Assistant in the browser and log in as ${named(user)}, spelled like this, with the new password.`,
      undoHere,
    ],
  },
  'authorize-key': {
    help: 'Let an SSH key in, for one account',
    menu: 'Let an SSH key in',
    inputs: { key: 'The public key' },
    title: ({ user, system, fingerprint }) => `Key ${named(fingerprint)} for “${named(user)}” on ${named(system)}`,
    step: (user, selector) => `an SSH key for “${named(user)}”${on(selector)}`,
    apply: 'Let the key in',
    verified: 'Checked on a fresh look at the disk: the key stands where sshd looks for it.',
    next: ({ user, system }) => [
      `On the computer with the private key: ssh ${system.startsWith('haos@') ? '-p 22222 ' : ''}${named(user)}@ and the name or address of the machine.`,
      undoHere,
    ],
  },
  fix: {
    help: 'Put right what keeps an account out: locks, dates, its shell, failed logins',
    menu: 'Lift locks',
    inputs: {
      findings: 'What to cure, by the ids that check prints, or all; without any, the locks on the account itself',
    },
    title: ({ user, system }) => `Lift what keeps “${named(user)}” out of ${named(system)}`,
    step: (user, selector) => `lift what keeps “${named(user)}” out${on(selector)}`,
    apply: 'Put it right',
    verified: 'Checked on a fresh look at the disk: what was to be put right is found no more.',
    next: ({ user }) => [`Log in as ${named(user)} with the password that you know.`, undoHere],
  },
  undo: {
    help: 'Put back what a run replaced',
    menu: 'Undo an earlier change',
    inputs: { force: 'Put back even files that were changed since' },
    title: ({ journal }) => `Undo run ${named(journal)}`,
    step: (id, selector) => `undo ${named(id)}${on(selector)}`.trim(),
    apply: 'Put it back',
    insist: {
      title: 'Changed since',
      question: ({ path }) =>
        `${named(path)} was changed again afterwards. Putting the old file back loses that later change.`,
      yes: 'Put it back all the same',
    },
    verified: 'Checked on a fresh look at the disk: the files are as they were.',
    next: () => [],
  },
  recover: {
    help: 'Copy files out of a disk, verified, with a manifest; writes nothing to the disk',
    menu: 'Recover files',
    inputs: {
      paths: 'Files or folders on the volume',
      to: 'Where to copy',
      owners: 'Also keep owners, setuid and setgid bits and file capabilities',
      prove: 'Hash the source before and after, and say so in the receipt',
    },
    step: (paths, selector) => `copy out ${named(paths)}${selector === undefined ? '' : ` from ${named(selector)}`}`,
  },
  clone: {
    help: 'Image a failing disk, as much of it as can be read; goes on where it stopped',
    inputs: {
      device: 'The disk or partition to image',
      file: 'The image to make or go on with; its map lies beside it',
    },
  },
  backups: {
    help: 'Home Assistant backups: list, show the key, export, decrypt, repair',
    menu: 'Backups and their key',
    inputs: {
      action: 'What to do; without it they are listed',
      names: 'Which backups, as the list names their files; all of them where none is named',
      to: 'Where to copy',
      decrypt: 'With repair: also decrypt what was repaired',
      'key-file': 'The backup key, alone on the first line or in the emergency kit as it was downloaded',
    },
  },
};
