import { isRescueError } from '../../model/errors.ts';
import type { MissingPartReason } from '../../model/plan.ts';
import { listed, named } from '../names.ts';
import { errorSentence, purposeSentence } from '../sentence.ts';
import type { NoticeSentences } from '../sentences.ts';
import { elsewhere } from './elsewhere.ts';
import { errors } from './errors.ts';
import { newerRun } from './newer-run.ts';
import { operations } from './operations.ts';
import { routerSteps } from './router-steps.ts';
import { accountNotes } from './scan.ts';

const quoted = (names: readonly string[]): string => names.map((name) => `“${named(name)}”`).join(', ');

const missingParts: Readonly<Record<MissingPartReason, string>> = {
  absent: 'no such volume is here. Is one of its disks not connected, or still locked?',
  ambiguous: 'several volumes here have that name. Unplug the copy that is not meant.',
  'in-use': 'it is mounted or in use here. Unmount it, and scan again.',
  network: 'it is on another machine. Accounts and keys that are kept there have to be changed there.',
  unopened: 'its volume cannot be opened here.',
  unnamed: 'the name tells only the running system which volume it is.',
};

export const notices: NoticeSentences = {
  'password-short': ({ length }) =>
    `The password has only ${length} characters. It will work; a longer one would be safer on a network.`,
  'password-common': () =>
    'This password is on every list of common passwords. It will work; a rarer one would be safer.',
  'password-non-ascii': () =>
    'The password has letters beyond a–z, digits and plain signs. On another keyboard or console they may not be typed the same way.',
  'password-beyond-72-bytes': () =>
    'Home Assistant looks only at the first 72 bytes of a password; the rest of this one does not count.',
  'password-padded': () => 'The password begins or ends with a blank. It counts, and is easily forgotten when typing.',
  'account-note': ({ user, note }) =>
    `“${named(user)}”: ${accountNotes[note]}. The password alone may not open the door.`,
  'tokens-stay': ({ user }) =>
    `Phones and browsers that are logged in as “${named(user)}” stay logged in: a new password does not end their sessions. If a stranger may be among them, delete the refresh tokens in the profile page afterwards.`,
  'keyring-keeps-old': ({ user }) =>
    `“${named(user)}” has a keyring or an encrypted home that still opens with the old password only.`,
  'clock-absurd': () =>
    'The clock of this machine is wrong, so the date of the password change is not taken from it but, where possible, from the disk.',
  'may-have-expired': ({ user, date }) =>
    `“${named(user)}” can log in before ${named(date)} only. Since the clock of this machine is wrong, it cannot tell whether that day has come.`,
  'journal-replay': ({ selector }) =>
    `${named(selector)} was not shut down cleanly. Opening it for writing first completes the writes that were under way, as its own system would.`,
  'raid-degraded': ({ name, present, devices }) =>
    `The RAID ${named(name)} works with ${present} of ${devices} disks only. What is written now is missing on the others: put back later without being rebuilt, they would bring the old state with them. Replace or rebuild them soon.`,
  'one-table-copy': ({ path }) =>
    `Of the two copies of the partition table of ${named(path)} one is missing or spoilt, as after a copy to a smaller disk. The other one is used; the table is left as it is.`,
  'lies-elsewhere': ({ selector, root }) =>
    `What is changed lies on ${named(selector)}, which the system on ${named(root)} names in its fstab.`,
  'accounts-elsewhere': ({ system, where, users }) => `Accounts of ${named(system)}: ${elsewhere[where](users)}`,
  'part-missing': ({ system, at, source, reason }) =>
    `${named(at)} of ${named(system)} could not be looked into (${named(source)}): ${missingParts[reason]}`,
  'banned-addresses': ({ path, count }) =>
    `${count} network addresses are banned after failed logins (${named(path)}). If yours is among them, the right password is refused too.`,
  'root-ssh': () =>
    'SSH does not let root in by password here. Use the console, or another account with administrator rights.',
  'no-ssh-server': () => 'No SSH server is set up on that system: the key opens nothing before one is.',
  'ssh-setting': ({ user, path, line, setting }) =>
    `The SSH server refuses “${named(user)}” all the same: ${setting} (${named(path)}, line ${line}).`,
  'strict-modes': ({ user, path }) =>
    `The SSH server ignores the keys of “${named(user)}” as long as others may write to ${named(path)}, or it belongs to somebody else.`,
  'key-restricted': ({ path }) =>
    `The same key stands in ${named(path)} with conditions; the new line without them comes before it, and counts.`,
  'router-users-next': ({ users, nodes }) =>
    [
      `The router’s own users (${users.map(named).join(', ')}) are not changed by this. To give one of them a new password, on the running system:`,
      ...routerSteps(users, nodes),
    ].join('\n'),
  'config-stick': () =>
    'Home Assistant OS copies its settings from a stick called CONFIG whenever it starts with one, or from a folder CONFIG on its boot partition. If that has no file authorized_keys, this key is removed again: put the key there too, or leave the stick out.',
  'rewritten-at-boot': ({ system }) =>
    `${named(system)} may write its accounts anew when it starts, and undo this change.`,
  'type-name-as-stored': ({ user }) => `Type the name as it is stored: “${named(user)}”.`,
  'set-for-namesakes': ({ users }) =>
    `Home Assistant 2026.10 and later takes these for one name, earlier versions do not: ${quoted(users)}. So that the login works with both, all of them get the new password.`,
  'names-become-one': ({ user, others }) =>
    `From version 2026.10 on, Home Assistant takes “${named(user)}” and ${quoted(others)} for one name, and only the last of them can log in. Rename one of them before you update.`,
  'last-entry-counts': ({ user }) =>
    `The name “${named(user)}” is stored more than once. Home Assistant asks only the last entry, so that one gets the new password. A password that is changed in Home Assistant itself goes to the first entry and has no effect: delete the others there.`,
  'other-person': ({ user, person, exact }) =>
    `Whoever logs in as “${named(user)}” becomes “${named(person)}”, because the first name that matches without regard to capitals counts. The one that is spelled exactly so belongs to “${named(exact)}”.`,
  'login-makes-person': ({ user }) =>
    `Nobody in Home Assistant belongs to “${named(user)}” yet. The first login makes a new person of this name: an administrator, but not the owner.`,
  'overwrites-newer': ({ path }) => `${named(path)} was changed since; those later changes will be lost.`,
  'other-data-disk': ({ selector, label }) =>
    `${named(selector)} is another Home Assistant data volume (${named(label)}). Make sure that you work on the one in use.`,
  'volume-mounted': ({ selector, mountPoints }) =>
    `${named(selector)} is mounted on ${listed(mountPoints, '?')}, so it was not opened. Unmount it, or look at it with --disk ${named(mountPoints[0] ?? '')}.`,
  'cannot-look': ({ selector, error }) => `${named(selector)}: ${errorSentence(errors, error)}`,
  'partly-unread': ({ selector, error }) =>
    `${named(selector)} could not be examined to its end, so there may be more on it than is shown. ${errorSentence(errors, error)}`,
  'needs-fsck': ({ selector }) =>
    `${named(selector)} has recorded file system errors. It can be looked at; it must be checked before anything is written.`,
  'profile-failed': ({ profile, selector, reason }) =>
    `${named(selector)} could not be examined as ${profile} (${named(reason)}).`,
  'accounts-failed': ({ system, error }) =>
    `The accounts of ${named(system)} could not be read: ${isRescueError(error) ? errorSentence(errors, error) : named(String(error))}`,
  'corrupt-store-beside': ({ path }) =>
    `Home Assistant found its accounts damaged once and set them aside as ${named(path)}; it then started with none. That explains a lost login.`,
  'can-undo': ({ id, selector, purpose }) =>
    `${named(selector)}: “${purposeSentence({ operations, newerRun }, purpose)}” can be undone with \`sparekey undo ${id}\`.`,
  'was-interrupted': ({ id, selector }) =>
    `${named(selector)}: run ${id} was cut off. Every file is whole, old or new; \`sparekey undo ${id}\` puts all of them back.`,
  'journal-unreadable': ({ id, selector }) => `${named(selector)}: the undo copy ${named(id)} cannot be read.`,
};
