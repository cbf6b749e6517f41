import { decodeBytes, encodeBytes } from '../../../formats/bytes.ts';
import { isLoginShell, parsePasswd, withPasswdShell } from '../../../formats/passwd.ts';
import type { Cure, Door, Finding } from '../../../model/finding.ts';
import { kindAt, readIfPossible } from '../../look.ts';
import { join } from '../../paths.ts';
import { callsOf } from '../pam.ts';
import { type AccountSubject, inTree, isMissing } from './subject.ts';

/** Where a session is a shell. */
const shellDoors: readonly Door[] = ['console', 'desktop', 'ssh-password', 'ssh-key'];

/** An empty field means /bin/sh (passwd(5)). */
const defaultShell = '/bin/sh';

/** Whether the account has a shell that lets it in. */
export const checkShell = async (subject: AccountSubject): Promise<readonly Finding[]> => {
  const { passwd } = subject.credential;
  const shell = passwd.shell === '' ? defaultShell : passwd.shell;
  const details = { user: passwd.name, shell };
  const there = { path: subject.files.passwdPath, line: passwd.line + 1, details, doors: shellDoors } as const;
  const isRefusing = !isLoginShell(shell);
  if (isRefusing || !shell.startsWith('/') || (await isMissing(subject, shell))) {
    const code = isRefusing ? 'shell-refuses' : 'shell-missing';
    const cure = await otherShell(subject, shell);
    // Without any shell on this volume, its programs are on another one.
    if (!isRefusing && !cure) return [];
    return [{ ...there, id: code, code, isShut: true, certainty: 'certain', ...(cure && { cure }) }];
  }
  return await checkShellList(subject, shell);
};

/** Shells that every system has one of, best first. */
const commonShells = ['/bin/bash', '/usr/bin/bash', '/bin/ash', '/bin/sh'];

const otherShell = async (subject: AccountSubject, present: string): Promise<Cure | undefined> => {
  const { tree, credential, files } = subject;
  const { name } = credential.passwd;
  for (const shell of commonShells) {
    const path = inTree(subject, shell);
    if (shell === present || path === undefined || (await kindAt(tree, path)) !== 'file') continue;
    const amend = (content: Uint8Array) => {
      const entry = parsePasswd(content).find((each) => each.name === name);
      return entry ? withPasswdShell(content, entry, shell) : content;
    };
    const effects = [{ kind: 'set-shell', user: name, shell }] as const;
    return { edits: [{ kind: 'amend', path: files.passwdPath, amend, effects }], isOwnLock: true };
  }
  return undefined;
};

/** Which door a service stands for; the others, such as vsftpd, are none of ours. */
const doorsOfService: Readonly<Record<string, readonly Door[]>> = {
  login: ['console'],
  sshd: ['ssh-password', 'ssh-key'],
  'gdm-password': ['desktop'],
  lightdm: ['desktop'],
  sddm: ['desktop'],
};

/** pam_shells(8) refuses who has a shell that /etc/shells does not list; without it nobody asks. */
const checkShellList = async (subject: AccountSubject, shell: string): Promise<readonly Finding[]> => {
  const { tree, home, pam, credential } = subject;
  const doors = callsOf(pam, 'pam_shells.so').flatMap(({ service }) => doorsOfService[service] ?? []);
  const path = join(home, 'etc/shells');
  const bytes = doors.length > 0 ? await readIfPossible(tree, path) : undefined;
  if (!bytes) return [];
  const isListed = (content: Uint8Array) =>
    decodeBytes(content)
      .split('\n')
      .some((line) => line.replace(/[\s#].*$/, '') === shell);
  if (isListed(bytes)) return [];
  const amend = (content: Uint8Array) => {
    const text = decodeBytes(content);
    return isListed(content)
      ? content
      : encodeBytes(`${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${shell}\n`);
  };
  const edit = { kind: 'amend', path, amend, effects: [{ kind: 'list-shell', shell }] } as const;
  const base = { path, doors: [...new Set(doors)], isShut: true, certainty: 'certain' } as const;
  const details = { user: credential.passwd.name, shell };
  const cure = { edits: [edit], isOwnLock: false };
  return [{ ...base, id: 'shell-not-listed', code: 'shell-not-listed', details, cure }];
};
