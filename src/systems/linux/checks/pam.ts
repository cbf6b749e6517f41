import type { Door, Finding } from '../../../model/finding.ts';
import { kindAt } from '../../look.ts';
import { join } from '../../paths.ts';
import type { PamLogin } from '../pam/login.ts';
import { readPamModules, rehearse } from '../pam/rehearse.ts';
import type { PamBlame } from '../pam/run.ts';
import { pamUserOf } from '../pam/user.ts';
import { evaluateSshd } from '../sshd/evaluate.ts';
import { settingOf } from '../sshd/options.ts';
import { desktopServices } from './doors.ts';
import { checkFaillock, checkTally } from './failures.ts';
import { ruleCure } from './pam-cures.ts';
import type { AccountSubject } from './subject.ts';

/** Services that open a door, and what their programs tell PAM. */
interface Service {
  readonly door: Door;
  readonly service: string;
  readonly tty?: string;
  readonly isRemote?: boolean;
  readonly hasKey?: boolean;
}

/** What Linux-PAM's stacks say of an account that comes with the right password, or the right key. */
export const checkPam = async (subject: AccountSubject): Promise<readonly Finding[]> => {
  const { tree, home } = subject;
  const modules = await readPamModules(tree, home);
  const login = await loginOf(subject, modules);
  const blamed = new Map<string, { readonly blame: PamBlame; readonly isSure: boolean; readonly doors: Door[] }>();
  for (const { door, service, tty, isRemote, hasKey } of await servicesOf(subject)) {
    const rehearsal = await rehearse({
      ...{ ...login, service, tty, remote: isRemote ? {} : undefined, hasKey: hasKey ?? false },
    });
    if (!rehearsal || rehearsal.result === 'open' || rehearsal.result === 'change') continue;
    for (const blame of rehearsal.blames) {
      const isSure = rehearsal.result === 'shut';
      const { step, reason } = blame;
      const key = JSON.stringify([
        isSure,
        reason.kind === 'access' || reason.kind === 'list' ? '' : step.path + step.line,
        reason,
      ]);
      const known = blamed.get(key);
      if (known && !known.doors.includes(door)) known.doors.push(door);
      else if (!known) blamed.set(key, { blame, isSure, doors: [door] });
    }
  }
  return numbered([...blamed.values()].flatMap((each) => findingOf(subject, each) ?? []));
};

const loginOf = async (
  subject: AccountSubject,
  modules: ReadonlySet<string> | undefined,
): Promise<Omit<PamLogin, 'service' | 'tty' | 'remote'>> => {
  const { tree, home, files, credential, today } = subject;
  const isLockedOut = [...(await checkFaillock(subject)), ...(await checkTally(subject))].length > 0;
  return { tree, home, modules, user: pamUserOf(files, credential, today, isLockedOut) };
};

const servicesOf = async ({
  tree,
  home,
  credential,
  sshd: configuration,
}: AccountSubject): Promise<readonly Service[]> => {
  const services: Service[] = [{ door: 'console', service: 'login', tty: 'tty1' }];
  for (const service of desktopServices)
    if (await kindAt(tree, join(home, `etc/pam.d/${service}`))) services.push({ door: 'desktop', service, tty: ':0' });
  if (configuration) {
    const { options } = evaluateSshd(configuration, { user: { name: credential.passwd.name, groups: [] } });
    const { version } = configuration;
    const service = settingOf(options, 'pamservicename', version);
    if (settingOf(options, 'usepam', version) === 'yes')
      services.push(
        { door: 'ssh-password', service, tty: 'ssh', isRemote: true },
        { door: 'ssh-key', service, tty: 'ssh', isRemote: true, hasKey: true },
      );
  }
  if (credential.passwd.uid !== 0 && (await kindAt(tree, join(home, 'etc/pam.d/sudo'))))
    services.push({ door: 'sudo', service: 'sudo', tty: 'pts/0' });
  return services;
};

interface Blamed {
  readonly blame: PamBlame;
  readonly isSure: boolean;
  readonly doors: readonly Door[];
}

/** Undefined for what the checks of the account itself say. */
const findingOf = (
  subject: AccountSubject,
  { blame: { step, reason }, isSure, doors }: Blamed,
): Finding | undefined => {
  const user = subject.credential.passwd.name;
  const base = { doors, isShut: true, certainty: isSure ? ('certain' as const) : ('possible' as const) };
  const inStack = { ...base, path: step.path, line: step.line };
  const cure = isSure ? ruleCure(reason, user) : undefined;
  const inRule = 'path' in reason ? { ...base, path: reason.path, ...(cure && { cure }) } : inStack;
  const lined = 'line' in reason && reason.line !== undefined ? { ...inRule, line: reason.line } : inRule;
  const module = step.module ?? '';
  switch (reason.kind) {
    case 'account':
    case 'nologin':
    case 'failures':
    case 'shell':
      return undefined;
    case 'access':
      return { ...lined, id: 'access-rule', code: 'access-rule', details: { user } };
    case 'list':
      return {
        ...lined,
        id: 'access-list',
        code: 'access-list',
        details: { user, isListed: reason.line !== undefined },
      };
    case 'time':
      return { ...lined, id: 'time-rule', code: 'time-rule', details: { user } };
    case 'securetty':
      return {
        ...lined,
        id: 'terminal-not-listed',
        code: 'terminal-not-listed',
        details: { user, terminal: reason.tty },
      };
    case 'condition':
      return { ...inStack, id: 'pam-condition', code: 'pam-condition', details: { user, condition: reason.text } };
    case 'missing':
      return {
        ...inStack,
        id: 'pam-missing',
        code: 'pam-missing',
        details: { module: reason.module ?? step.args[0] ?? '' },
      };
    case 'unknown':
      return { ...inStack, id: 'pam-unknown', code: 'pam-unknown', details: { user, module } };
    case 'wheel':
    case 'denies':
    case 'bad-jump':
      return { ...inStack, id: 'pam-denies', code: 'pam-denies', details: { user, module } };
  }
};

/** An id is what a person types: where one is found twice, the second gets a number. */
const numbered = (findings: readonly Finding[]): readonly Finding[] => {
  const counts = new Map<string, number>();
  return findings.map((finding) => {
    const count = (counts.get(finding.id) ?? 0) + 1;
    counts.set(finding.id, count);
    return count === 1 ? finding : { ...finding, id: `${finding.id}-${count}` };
  });
};
