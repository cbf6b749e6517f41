import { named } from '../names.ts';
import type { FindingSentences } from '../sentences.ts';

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
  'sshd-config-broken': ({ text }) =>
    `The SSH server does not start with this line of its configuration, so nobody gets in over SSH: ${named(text)}`,
  'sshd-config-loop': () =>
    'Files of the SSH server’s configuration include one another, and with that it does not start.',
  'sshd-config-large': () => 'The SSH server’s configuration is larger than what Sparekey reads of it.',
  'ssh-not-started': ({ unit, hasSwitch }) =>
    `Nothing starts the SSH server: ${named(unit)} is not enabled. ${hasSwitch ? 'Put an empty file called ssh on the boot partition' : `On the running system: systemctl enable --now ${named(unit)}`}`,
  'ssh-start-options': ({ options }) =>
    `The SSH server is started with options that win over its configuration, and Sparekey does not follow them: ${named(options)}`,
  'ssh-other-server': ({ program }) =>
    `The SSH server is not OpenSSH but ${named(program)}, and what that decides cannot be told from here.`,
  'ssh-setting': ({ user, setting }) => `The SSH server’s configuration says for “${named(user)}”: ${named(setting)}.`,
  'ssh-list': ({ user, setting, isDenied }) =>
    isDenied
      ? `The SSH server refuses “${named(user)}”: ${named(setting)}.`
      : `The SSH server lets in only those whom a list names, and “${named(user)}” is not among them: ${named(setting)}.`,
  'ssh-methods': ({ user, setting }) =>
    `The SSH server asks “${named(user)}” for more than that, or for something else: ${named(setting)}.`,
  'ssh-locked': ({ user }) =>
    `The password of “${named(user)}” is locked, and this SSH server then refuses keys as well (UsePAM no).`,
  'ssh-forced-command': ({ user, command }) =>
    `Over SSH “${named(user)}” gets no shell, but always this command: ${named(command)}.`,
  'ssh-keys-loose': ({ user, file, isFolder }) =>
    `The SSH server does not read the keys of “${named(user)}” in ${named(file)}: ${isFolder ? 'a folder on the way' : 'the file'} belongs to somebody else, or others may write to it (StrictModes).`,
  'ssh-keys-unreadable': ({ user, file }) =>
    `“${named(user)}” may not read ${named(file)}, and so the SSH server does not read the keys in it.`,
  'access-rule': ({ user }) => `A rule of access control (pam_access) refuses “${named(user)}”.`,
  'access-list': ({ user, isListed }) =>
    isListed
      ? `A list of those who may not log in (pam_listfile) names “${named(user)}”.`
      : `A list of those who may log in (pam_listfile) does not name “${named(user)}”, or cannot be read.`,
  'time-rule': ({ user }) => `A rule (pam_time) refuses “${named(user)}” at some times, or always.`,
  'terminal-not-listed': ({ user, terminal }) =>
    `“${named(user)}” may log in only on terminals that are listed (pam_securetty), and ${named(terminal)} is not.`,
  'pam-condition': ({ user, condition }) =>
    `“${named(user)}” does not meet a condition for logging in (pam_succeed_if): ${named(condition)}.`,
  'pam-denies': ({ user, module }) => `The rules for logging in refuse “${named(user)}” (${named(module)}).`,
  'pam-missing': ({ module }) =>
    module === ''
      ? 'The rules for logging in name a file that is not there, and so refuse everybody.'
      : `The rules for logging in call ${named(module)}, which is not installed, and so refuse everybody.`,
  'pam-unknown': ({ user, module }) =>
    `Whether “${named(user)}” gets in is also up to ${named(module)}, and what that decides cannot be told from the disk.`,
  'sudo-other-password': () =>
    'sudo asks for another password here than one’s own: that of root, or of whom one becomes.',
  'web-user-inactive': ({ user }) => `“${named(user)}” is deactivated in Home Assistant.`,
  'web-local-only': ({ user }) => `“${named(user)}” can log in from the local network only.`,
  'web-two-factor': ({ user }) => `“${named(user)}” is also asked for a code from another device.`,
  'banned-addresses': ({ count }) =>
    `${count === 1 ? 'One network address is' : `${count} network addresses are`} banned after failed logins. If yours is among them, the right password is refused too.`,
};

export const findings = {
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
  doorsAre: (state: string, doors: string) => `${state}: ${doors}`,
  doorStates: { open: 'open', shut: 'shut', unknown: 'cannot be known from here' },
  missing: { 'no-key': 'no key is let in', 'no-sudo-rule': 'no rule lets this account' },
  doorsHeading: (user: string) => `Ways in for “${named(user)}”, with the right password or key:`,
  doorsAfter: 'Ways in after that:',
  doorsNow: 'Ways in now:',
  door: (door: string, state: string, reasons: readonly string[]) => `${door}: ${[state, ...reasons].join('. ')}`,
  because: (sentence: string, where?: string) =>
    where === undefined ? sentence : `${sentence.replace(/\.$/, '')} (${where})`,
  where: (path: string, line?: number) => (line === undefined ? named(path) : `${named(path)}, line ${line}`),
  cure: (id: string) => `Can be cured: ${named(id)}`,
  heading: (system: string, user?: string) =>
    user === undefined ? named(system) : `“${named(user)}” on ${named(system)}`,
  askCure: (finding: string, effects: readonly string[]) => `${finding}\n  ${effects.join('\n  ')}\nDo this? [y/N] `,
  nothing: 'Nothing was found that keeps the door shut.',
};
