import { listed, named } from '../names.ts';
import type { EffectSentences } from '../sentences.ts';

export const effects: EffectSentences = {
  'set-password': ({ user, scheme }) => `a new password for “${named(user)}” (${scheme})`,
  'lift-lock': ({ user }) => `the lock on “${named(user)}” is lifted`,
  'clear-expiry': ({ user }) => `the expiry date of “${named(user)}”, which has passed, is removed`,
  'clear-ageing': ({ user }) =>
    `the rule that closes “${named(user)}” when the password grows too old is removed, because the clock of this machine cannot be trusted`,
  'add-shadow-line': ({ user }) => `“${named(user)}” gets the line that it lacks`,
  'reopen-password': ({ user }) => `the password that “${named(user)}” had before the lock counts again`,
  'reopen-account': ({ user }) => `the expiry date of “${named(user)}”, which has passed, is removed`,
  'renew-password-age': ({ user }) => `the password of “${named(user)}” counts as new, as if it had been set today`,
  'set-shell': ({ user, shell }) => `“${named(user)}” gets the shell ${named(shell)}`,
  'list-shell': ({ shell }) => `${named(shell)} is listed as a shell`,
  'forget-failures': ({ user }) => `the failed logins of “${named(user)}” are forgotten`,
  'open-ssh': ({ user, setting }) => `the SSH server is told for “${named(user)}” alone: ${named(setting)}`,
  'leave-list': ({ user, list }) => `“${named(user)}” is taken off a list of those who may not log in (${named(list)})`,
  'join-list': ({ user, list }) => `“${named(user)}” is added to a list of those who may log in (${named(list)})`,
  'allow-access': ({ user }) => `a rule that lets “${named(user)}” in is put in front of the others`,
  'allow-terminal': ({ terminal }) => `${named(terminal)} is added to the terminals on which root may log in`,
  'let-people-in': () => 'the file that keeps everybody but root out is taken away',
  'restore-from': ({ copy }) => `the accounts’ passwords come back from ${named(copy)}`,
  'forget-app-logins': () => 'passwords remembered for apps are forgotten, so that the old one no longer opens them',
  'authorize-key': ({ user, fingerprint, comment }) =>
    `the key ${named(fingerprint)}${comment === '' ? '' : ` (${named(comment)})`} opens “${named(user)}” over SSH`,
  'put-back': ({ journal }) => `the file as it was before run ${named(journal)}`,
  'take-away': ({ journal }) => `the file that run ${named(journal)} made is taken away`,
};

export const run = {
  plan: 'Plan',
  warning: 'Note',
  details: 'Details',
  onVolume: (selector: string) => `on ${named(selector)}`,
  risks: { none: 'changes nothing', reversible: 'can be undone', irreversible: 'cannot be undone' },
  nothingToDo: 'Everything is already as it should be; nothing was written.',
  nothingWritten: 'Nothing was written.',
  immutableLifted: 'its immutable flag (chattr +i) is lifted for this and set again',
  keptFor: 'What is replaced is kept on the same volume, so that it can be undone.',
  askConsent: 'Do this? [y/N] ',
  yes: ['y', 'yes'],
  declined: 'Nothing was changed.',
  askWhether: (question: string, yes: string) => `${question}
${yes}? [y/N] `,
  newPassword: (user: string) => `New password for “${named(user)}”: `,
  repeatPassword: 'The same once more: ',
  passphrase: (selectors: readonly string[], isAgain: boolean) =>
    `${isAgain ? 'That opens none of them. ' : ''}Passphrase for ${listed(selectors, '')} (encrypted; Enter leaves it closed): `,
  pasteKey: 'Paste the public key (one line, “ssh-ed25519 AAAA… you@machine”): ',
  generated: (password: string) => `New password: ${password}`,
  waitingForRun: (selector: string) =>
    `Waiting for another run of Sparekey that writes to the disk with ${named(selector)}`,
  opening: (selector: string) => `Opening ${named(selector)} for writing`,
  written: (path: string) => `Written: ${named(path)}`,
  rollingBack: 'That did not work: putting everything back as it was',
  finishingFirst: 'Finishing the write that is under way before stopping',
  stopping: 'Stopping; what is done is kept, and put in order first',
  heldByKernel:
    'A disk does not answer, and the kernel does not let go of it: pull the disk out, or wait until the kernel gives it up.',
  done: 'Done.',
  howToUndo: (command: string) => `To take it back: ${command}`,
  nextStep: 'Remove the disk or the stick, start the machine, and log in.',
};
