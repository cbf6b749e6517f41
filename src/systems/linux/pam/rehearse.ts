import type { Tree, TreePath } from '../../../model/tree.ts';
import { listIfPossible } from '../../look.ts';
import { join } from '../../paths.ts';
import type { PamLogin } from './login.ts';
import { access } from './modules/access.ts';
import * as account from './modules/account.ts';
import { succeedIf } from './modules/condition.ts';
import * as place from './modules/place.ts';
import { type PamAnswers, type PamBlame, runPamStack } from './run.ts';
import { type PamKind, type PamStep, readPamStack } from './stack.ts';

/** The modules whose answers are known. */
const modules: Readonly<Record<string, account.PamModule>> = {
  pam_unix: account.unix,
  pam_unix2: account.unix,
  pam_nologin: account.nologin,
  pam_faillock: account.faillock,
  pam_tally2: account.tally,
  pam_tally: account.tally,
  pam_shells: account.shells,
  pam_rootok: account.rootok,
  pam_localuser: account.localuser,
  pam_usertype: account.usertype,
  pam_wheel: account.wheel,
  pam_access: access,
  pam_succeed_if: succeedIf,
  pam_securetty: place.securetty,
  pam_listfile: place.listfile,
  pam_time: place.time,
  pam_permit: place.permit,
  pam_deny: place.deny,
};

/** Those that have no say in who gets in: they keep time, set things up, or unlock what the password opens besides. */
const bystanders = `pam_env pam_group pam_faildelay pam_cap pam_echo pam_issue pam_warn pam_limits pam_keyinit pam_loginuid
  pam_motd pam_mail pam_selinux pam_lastlog pam_umask pam_xauth pam_tty_audit pam_exec_none pam_gnome_keyring pam_kwallet
  pam_kwallet5 pam_systemd pam_elogind pam_ecryptfs pam_mount pam_sepermit pam_debug pam_reauthorize pam_fscrypt`;
const bystanding = new Set(bystanders.split(/\s+/));

/** Those that look an account up elsewhere, and do not know those of this disk. */
const directories = new Set(['pam_sss', 'pam_ldap', 'pam_winbind', 'pam_krb5', 'pam_systemd_home']);

/** How a door ends for one login, through `auth` and `account`, or `account` alone where a key was shown. */
export interface Rehearsal {
  readonly result: 'open' | 'change' | 'shut' | 'unknown';
  readonly blames: readonly PamBlame[];
}

/** Undefined where PAM is not in use. */
export const rehearse = async (login: PamLogin): Promise<Rehearsal | undefined> => {
  const kinds: readonly PamKind[] = login.hasKey ? ['account'] : ['auth', 'account'];
  let worst: Rehearsal = { result: 'open', blames: [] };
  for (const kind of kinds) {
    const one = await rehearseStack(login, kind);
    if (one === undefined) return undefined;
    if (one.result === 'shut') return one;
    if (order.indexOf(one.result) > order.indexOf(worst.result)) worst = one;
  }
  return worst;
};

const order: readonly Rehearsal['result'][] = ['open', 'change', 'unknown', 'shut'];

const rehearseStack = async (login: PamLogin, kind: PamKind): Promise<Rehearsal | undefined> => {
  const steps = await readPamStack(login.tree, login.home, login.service, kind);
  if (steps === undefined) return undefined;
  const answers: PamAnswers[] = [];
  for (const step of steps) answers.push(await ask(step, login, kind));
  const ends = runPamStack(steps, answers);
  if (ends === undefined) return { result: 'unknown', blames: [] };
  const results = new Set(ends.map(({ result }) => result));
  const [only] = results.size === 1 ? results : [];
  // On the one way that was guessed least, what is blamed is nearest to the truth.
  const shortest = ends.toSorted((one, other) => one.blames.length - other.blames.length);
  if (only !== undefined) return { result: only, blames: shortest[0]?.blames ?? [] };
  const isShutSomewhere = results.has('shut');
  const blames = shortest
    .filter(({ result }) => (isShutSomewhere ? result === 'shut' : true))
    .flatMap((end) => end.blames);
  return { result: isShutSomewhere ? 'unknown' : 'change', blames };
};

const ask = async (step: PamStep, login: PamLogin, kind: PamKind): Promise<PamAnswers> => {
  const { module } = step;
  if (step.isSubstack) return [{ value: 'ignore' }];
  if (module === undefined || (!step.isElsewhere && login.modules?.has(module) === false))
    return [{ value: 'module_unknown', reason: { kind: 'missing', module } }];
  const name = module.replace(/\.so$/, '');
  const known = Object.hasOwn(modules, name) ? modules[name] : undefined;
  if (known) return await known(step, login, kind);
  if (bystanding.has(name)) return [{ value: 'ignore' }];
  const reason = { kind: 'unknown', module } as const;
  if (directories.has(name)) return [{ value: 'user_unknown' }, { value: 'authinfo_unavail', reason }];
  return [
    { value: 'success', reason },
    { value: 'ignore', reason },
    { value: 'auth_err', reason },
  ];
};

const moduleFolders = ['lib/security', 'lib64/security', 'usr/lib/security', 'usr/lib64/security'];

/** The modules that a system has, by name; undefined where no folder of them is found. */
export const readPamModules = async (tree: Tree, home: TreePath): Promise<ReadonlySet<string> | undefined> => {
  const folders = [...moduleFolders];
  for (const folder of ['lib', 'usr/lib'])
    for (const { name } of await listIfPossible(tree, join(home, folder)))
      if (/^[a-z0-9_]+-linux-(gnu|musl)\w*$/.test(name)) folders.push(`${folder}/${name}/security`);
  const found = new Set<string>();
  for (const folder of folders)
    for (const { name } of await listIfPossible(tree, join(home, folder))) if (name.endsWith('.so')) found.add(name);
  return found.size > 0 ? found : undefined;
};
