import type { FindingSentences, FindingWords } from '../finding-words.ts';
import { named } from '../names.ts';

const sentences: FindingSentences = {
  'password-locked': ({ user, hasHash }) =>
    hasHash
      ? `The password of “${named(user)}” is locked.`
      : `“${named(user)}” has no password: its place is locked. A new password opens it.`,
  'password-unusable': ({ user }) =>
    `What stands in the place of a password for “${named(user)}” is none. A new password puts that right.`,
  'no-password': ({ user }) =>
    `“${named(user)}” has no password. Whoever sits at the machine gets in without one; SSH refuses it.`,
  'hash-unknown': ({ user, scheme, libc }) =>
    `The password of “${named(user)}” is stored as ${named(scheme)}, which ${named(libc)} on that system does not know. A new password puts that right.`,
  'account-expired': ({ user, date }) =>
    date === undefined ? `“${named(user)}” has expired.` : `“${named(user)}” expired on ${named(date)}.`,
  'password-too-old': ({ user }) =>
    `The password of “${named(user)}” has grown too old, and that has closed the account.`,
  'password-change-due': ({ user }) => `“${named(user)}” is asked for another password at the next login.`,
  'shell-refuses': ({ user, shell }) => `“${named(user)}” has ${named(shell)} as a shell, which lets nobody in.`,
  'shell-missing': ({ user, shell }) => `The shell of “${named(user)}”, ${named(shell)}, is not there.`,
  'shell-not-listed': ({ user, shell }) =>
    `The shell of “${named(user)}”, ${named(shell)}, is not listed in /etc/shells, and this system insists on it.`,
  'no-shadow-line': ({ user }) => `“${named(user)}” has no line in /etc/shadow, so the system cannot let anybody in.`,
  'home-missing': ({ user, home }) => `The home of “${named(user)}”, ${named(home)}, is not there.`,
  'home-not-own': ({ user, home, uid }) =>
    `The home of “${named(user)}”, ${named(home)}, belongs to somebody else (user id ${uid}).`,
  faillock: ({ user, failures, until }) =>
    `“${named(user)}” is locked after ${failures} failed logins${until === undefined ? '' : `, until ${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} (UTC)`}.`,
  'login-tally': ({ user, failures }) => `“${named(user)}” is locked after ${failures} failed logins.`,
  'nologin-file': () => 'The file /etc/nologin keeps everybody but root out.',
  'shadow-missing': ({ copy }) =>
    `The file with the passwords, /etc/shadow, is missing.${copy === undefined ? '' : ` An older copy is there: ${named(copy)}.`}`,
  'shadow-empty': ({ copy }) =>
    `The file with the passwords, /etc/shadow, is empty.${copy === undefined ? '' : ` An older copy is there: ${named(copy)}.`}`,
  'web-user-inactive': ({ user }) => `“${named(user)}” is deactivated in Home Assistant.`,
  'web-local-only': ({ user }) => `“${named(user)}” can log in from the local network only.`,
  'web-two-factor': ({ user }) => `“${named(user)}” is also asked for a code from another device.`,
  'banned-addresses': ({ count }) =>
    `${count === 1 ? 'One network address is' : `${count} network addresses are`} banned after failed logins. If yours is among them, the right password is refused too.`,
};

export const findings: FindingWords = {
  sentences,
  doors: {
    console: 'console',
    desktop: 'desktop',
    'ssh-password': 'SSH with password',
    'ssh-key': 'SSH with key',
    sudo: 'sudo',
    web: 'web page',
    start: 'starting up',
  },
  shut: { certain: 'Shut', likely: 'Very likely shut', possible: 'Perhaps shut' },
  hindered: { certain: 'Affected', likely: 'Very likely affected', possible: 'Perhaps affected' },
  where: (path, line) => (line === undefined ? named(path) : `${named(path)}, line ${line}`),
  cure: (id) => `Can be cured: ${named(id)}`,
  heading: (system, user) => (user === undefined ? named(system) : `“${named(user)}” on ${named(system)}`),
  nothing: 'Nothing was found that keeps the door shut.',
};
