import { cryptScheme } from '../../../formats/crypt-hash.ts';
import { parsePasswd, withPasswdPassword } from '../../../formats/passwd.ts';
import { classifyPasswordField } from '../../../formats/password-field.ts';
import { parseShadow, withShadowHash, withShadowLine } from '../../../formats/shadow.ts';
import type { AmendingEdit } from '../../../model/edit.ts';
import type { Cure, Door, Finding } from '../../../model/finding.ts';
import { libcOf } from '../libc.ts';
import type { AccountSubject } from './subject.ts';

/** Where a password is asked for. */
export const passwordDoors: readonly Door[] = ['console', 'desktop', 'ssh-password', 'sudo'];
/** Where an account is asked for, whatever opens it. */
export const allDoors: readonly Door[] = ['console', 'desktop', 'ssh-password', 'ssh-key', 'sudo'];

/** What stands in the place of the password. */
export const checkPassword = async (subject: AccountSubject): Promise<readonly Finding[]> => {
  const { credential, files } = subject;
  const { passwd, shadow, isInPasswd, field } = credential;
  const user = passwd.name;
  const path = isInPasswd ? files.passwdPath : files.shadowPath;
  const line = (isInPasswd ? passwd.line : (shadow?.line ?? 0)) + 1;
  const there = { path, line, isShut: true, certainty: 'certain' } as const;
  if (!isInPasswd && !shadow) return files.shadowBytes && files.shadow.length > 0 ? [noShadowLine(subject)] : [];
  switch (classifyPasswordField(field)) {
    case 'locked': {
      const hasHash = classifyPasswordField(unlocked(field)) === 'hash';
      const cure = hasHash ? { cure: liftLock(subject) } : {};
      const code = 'password-locked';
      return [{ ...there, id: code, code, details: { user, hasHash }, doors: passwordDoors, ...cure }];
    }
    case 'empty':
      return [
        {
          ...there,
          id: 'no-password',
          code: 'no-password',
          details: { user },
          doors: ['ssh-password'],
          certainty: 'likely',
        },
      ];
    case 'unusable':
      return [
        { ...there, id: 'password-unusable', code: 'password-unusable', details: { user }, doors: passwordDoors },
      ];
    case 'hash': {
      const scheme = cryptScheme(field);
      const libc = await libcOf(subject.tree, subject.home);
      if (scheme === undefined || libc === undefined || libc.knows(scheme)) return [];
      const details = { user, scheme, libc: libc.name };
      return [{ ...there, id: 'hash-unknown', code: 'hash-unknown', details, doors: passwordDoors }];
    }
  }
};

const unlocked = (field: string): string => field.replace(/^[!*]+/, '');

/** As usermod --unlock does it: the password from before the lock counts again. */
const liftLock = ({ credential: { passwd, isInPasswd }, files }: AccountSubject): Cure => {
  const effects = [{ kind: 'reopen-password', user: passwd.name }] as const;
  const edit: AmendingEdit = isInPasswd
    ? {
        kind: 'amend',
        path: files.passwdPath,
        effects,
        amend: (content) => {
          const entry = parsePasswd(content).find(({ name }) => name === passwd.name);
          return entry ? withPasswdPassword(content, entry, unlocked(entry.password)) : content;
        },
      }
    : {
        kind: 'amend',
        path: files.shadowPath,
        effects,
        amend: (content) => {
          const entry = parseShadow(content).find(({ name }) => name === passwd.name);
          return entry ? withShadowHash(content, entry, unlocked(entry.hash)) : content;
        },
      };
  return { edits: [edit], isOwnLock: true };
};

/** pam_unix refuses such an account even where no password is asked for; a locked line lets keys in again. */
const noShadowLine = ({ credential: { passwd }, files }: AccountSubject): Finding => {
  const user = passwd.name;
  const edit: AmendingEdit = {
    kind: 'amend',
    path: files.shadowPath,
    effects: [{ kind: 'add-shadow-line', user }],
    amend: (content) =>
      parseShadow(content).some(({ name }) => name === user) ? content : withShadowLine(content, user, '!', undefined),
  };
  const base = { path: files.shadowPath, doors: allDoors, isShut: true, certainty: 'certain' } as const;
  const cure: Cure = { edits: [edit], isOwnLock: true };
  return { ...base, id: 'no-shadow-line', code: 'no-shadow-line', details: { user }, cure };
};
