import type { Finding } from '../../../model/finding.ts';
import { statusIfPossible } from '../../look.ts';
import { type AccountSubject, inTree, isMissing } from './subject.ts';

/** Whether the account's home is there and is its own: desktops and keys depend on it. */
export const checkHome = async (subject: AccountSubject): Promise<readonly Finding[]> => {
  const { tree, credential, files } = subject;
  const { name: user, home, uid, line } = credential.passwd;
  const path = inTree(subject, home);
  if (path === undefined) return [];
  const there = { path: files.passwdPath, line: line + 1, isShut: true, certainty: 'likely' } as const;
  if (await isMissing(subject, home)) {
    return [
      { ...there, id: 'home-missing', code: 'home-missing', details: { user, home }, doors: ['desktop', 'ssh-key'] },
    ];
  }
  const status = await statusIfPossible(tree, path);
  if (uid === 0 || status?.kind !== 'directory' || status.uid === uid) return [];
  const details = { user, home, uid: status.uid };
  return [{ ...there, id: 'home-not-own', code: 'home-not-own', details, doors: ['desktop'] }];
};
