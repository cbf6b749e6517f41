import type { DoorThere, Finding } from '../../../model/finding.ts';
import { kindAt } from '../../look.ts';
import { join } from '../../paths.ts';
import { readSudoStanding } from '../sudoers.ts';
import { findOtherServer, hasKeys } from './ssh.ts';
import type { AccountSubject } from './subject.ts';

/** What shows a login on the screen, by the name of its PAM service. */
export const desktopServices: readonly string[] = ['gdm-password', 'lightdm', 'sddm', 'xdm', 'lxdm', 'slim'];

/** The doors of a Linux, as one account meets them. */
export const linuxDoors = async (subject: AccountSubject): Promise<readonly DoorThere[]> => {
  const { tree, home } = subject;
  const doors: DoorThere[] = [{ door: 'console' }];
  for (const service of desktopServices)
    if ((await kindAt(tree, join(home, `etc/pam.d/${service}`))) && !doors.some(({ door }) => door === 'desktop'))
      doors.push({ door: 'desktop' });
  if (!subject.sshd && (await findOtherServer(subject))) doors.push({ door: 'ssh-password' }, { door: 'ssh-key' });
  if (subject.sshd) {
    doors.push({ door: 'ssh-password' });
    doors.push({ door: 'ssh-key', ...((await hasKeys(subject)) ? {} : { missing: 'no-key' as const }) });
  }
  const sudo = await standingOf(subject);
  if (sudo) doors.push({ door: 'sudo', ...(sudo.mayAll ? {} : { missing: 'no-sudo-rule' as const }) });
  return doors;
};

/** Where sudo asks for the password of somebody else. */
export const checkSudo = async (subject: AccountSubject): Promise<readonly Finding[]> => {
  const sudo = await standingOf(subject);
  if (!sudo?.mayAll || !sudo.otherPassword) return [];
  const base = { ...sudo.otherPassword, doors: ['sudo'], isShut: false, certainty: 'certain' } as const;
  return [{ ...base, id: 'sudo-other-password', code: 'sudo-other-password', details: {} }];
};

/** Root needs no sudo. */
const standingOf = async ({ tree, home, files, credential: { passwd } }: AccountSubject) => {
  if (passwd.uid === 0) return undefined;
  const groups = files.groups.filter(({ gid, members }) => gid === passwd.gid || members.includes(passwd.name));
  return await readSudoStanding(tree, home, { name: passwd.name, uid: passwd.uid, groups });
};
