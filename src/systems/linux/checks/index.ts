import type { Finding, LoginChecks } from '../../../model/finding.ts';
import { credentialFinder } from '../account-files.ts';
import { checkDates } from './ageing.ts';
import { checkSudo, linuxDoors } from './doors.ts';
import { checkFaillock, checkTally } from './failures.ts';
import { checkHome } from './home.ts';
import { checkPam } from './pam.ts';
import { checkPassword } from './password.ts';
import { checkShell } from './shell.ts';
import { checkSsh, checkSshServer } from './ssh.ts';
import { type AccountSubject, type LinuxSubject, readSubject } from './subject.ts';
import { checkNologin, checkShadowFile } from './system-files.ts';

/** What concerns everybody. */
const systemChecks: readonly ((subject: LinuxSubject) => Promise<readonly Finding[]>)[] = [
  checkShadowFile,
  checkNologin,
  checkSshServer,
];

/** What concerns one account. */
const accountChecks: readonly ((subject: AccountSubject) => Promise<readonly Finding[]>)[] = [
  checkPassword,
  checkDates,
  checkFaillock,
  checkTally,
  checkShell,
  checkHome,
  checkSsh,
  checkPam,
  checkSudo,
];

/** What keeps people out of a Linux. */
export const linuxChecks: LoginChecks = {
  ofSystem: async (subject) => {
    const linux = await readSubject(subject);
    const found: Finding[] = [];
    for (const check of systemChecks) found.push(...(await check(linux)));
    return found;
  },
  ofAccount: async (subject, { name }) => {
    const linux = await readSubject(subject);
    const credential = credentialFinder(linux.files)(name);
    if (!credential) return [];
    const found: Finding[] = [];
    for (const check of accountChecks) found.push(...(await check({ ...linux, credential })));
    return found;
  },
  doors: async (subject, { name }) => {
    const linux = await readSubject(subject);
    const credential = credentialFinder(linux.files)(name);
    return credential ? await linuxDoors({ ...linux, credential }) : [];
  },
};
