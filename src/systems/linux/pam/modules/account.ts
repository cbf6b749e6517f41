import { decodeBytes } from '../../../../formats/bytes.ts';
import { kindAt, readIfPossible, statusIfPossible } from '../../../look.ts';
import { isPath, join } from '../../../paths.ts';
import type { PamLogin } from '../login.ts';
import type { PamAnswers } from '../run.ts';
import type { PamKind, PamStep } from '../stack.ts';

/** Modules that ask about the account itself, each with what it answers. */
export type PamModule = (step: PamStep, login: PamLogin, kind: PamKind) => PamAnswers | Promise<PamAnswers>;

const success: PamAnswers = [{ value: 'success' }];

/** pam_unix(8). */
export const unix: PamModule = ({ args }, { user, hasKey }, kind) => {
  const refused = (value: 'auth_err' | 'acct_expired' | 'authtok_expired' | 'authinfo_unavail'): PamAnswers => [
    { value, reason: { kind: 'account' } },
  ];
  if (kind === 'auth') {
    if (!user.hasLine) return refused('authinfo_unavail');
    if (user.password === 'empty')
      return args.some((arg) => /^nullok(_secure)?$/.test(arg)) ? success : refused('auth_err');
    return user.password === 'hash' ? success : refused('auth_err');
  }
  if (!user.hasLine) return refused('authinfo_unavail');
  if (user.age === 'expired') return refused('acct_expired');
  if (user.age === 'fine') return success;
  if (hasKey && args.includes('no_pass_expiry')) return success;
  return user.age === 'closed'
    ? refused('authtok_expired')
    : [{ value: 'new_authtok_reqd', reason: { kind: 'account' } }];
};

/** pam_nologin(8): root is never kept out. The file in /run is gone after a restart. */
export const nologin: PamModule = async ({ args }, { tree, home, user }) => {
  const named = args.find((arg) => arg.startsWith('file='))?.slice('file='.length);
  const inside = named ?? '/etc/nologin';
  const path = isPath(inside) ? join(home, inside.slice(1)) : undefined;
  const isForgotten = /^\/(var\/)?run\//.test(inside);
  const isThere = path !== undefined && !isForgotten && (await kindAt(tree, path)) !== undefined;
  const pass: PamAnswers = args.includes('successok') ? success : [{ value: 'ignore' }];
  return isThere && user.passwd.uid !== 0 ? [{ value: 'auth_err', reason: { kind: 'nologin', path } }] : pass;
};

/** pam_faillock(8): after a login whose password was right. */
export const faillock: PamModule = ({ args }, { user }, kind) => {
  if (kind === 'account' || !user.isLockedOut) return args.includes('authfail') ? [{ value: 'ignore' }] : success;
  return [{ value: 'auth_err', reason: { kind: 'failures' } }];
};

/** pam_tally2(8), of Linux-PAM before 1.4. */
export const tally: PamModule = (_, { user }) =>
  user.isLockedOut ? [{ value: 'auth_err', reason: { kind: 'failures' } }] : success;

/** pam_shells(8). */
export const shells: PamModule = async (_, { tree, home, user }) => {
  const path = join(home, 'etc/shells');
  const status = await statusIfPossible(tree, path);
  const bytes = status && (status.mode & 0o002) === 0 ? await readIfPossible(tree, path) : undefined;
  const shell = user.passwd.shell === '' ? '/bin/sh' : user.passwd.shell;
  const isListed = bytes !== undefined && decodeBytes(bytes).split('\n').includes(shell);
  return isListed ? success : [{ value: 'auth_err', reason: { kind: 'shell' } }];
};

/** pam_rootok(8). */
export const rootok: PamModule = (_, { caller }) => (caller?.uid === 0 ? success : [{ value: 'auth_err' }]);

/** pam_localuser(8), by the system's own passwd. */
export const localuser: PamModule = ({ args }) =>
  args.some((arg) => /^(file|passwd)=/.test(arg)) ? [{ value: 'success' }, { value: 'perm_denied' }] : success;

/** pam_usertype(8): ids below the first for people are the system's. */
export const usertype: PamModule = ({ args }, { user }) => {
  const firstOfPeople = 1000;
  const isSystem = user.passwd.uid < firstOfPeople || user.passwd.uid === 65_534;
  if (args.includes('issystem')) return isSystem ? success : [{ value: 'auth_err' }];
  if (args.includes('isregular')) return isSystem ? [{ value: 'auth_err' }] : success;
  return [{ value: 'success' }, { value: 'auth_err' }];
};

/** pam_wheel(8): about the one who asks; without a group of that name nobody is in it. */
export const wheel: PamModule = ({ args }, { caller, user }) => {
  if (args.includes('root_only') && user.passwd.uid !== 0) return [{ value: 'ignore' }];
  const group = args.find((arg) => arg.startsWith('group='))?.slice('group='.length) ?? 'wheel';
  const refused = { value: 'perm_denied', reason: { kind: 'wheel', group } } as const;
  const pass = { value: args.includes('trust') ? 'success' : 'ignore' } as const;
  if (caller === undefined) return [refused, pass];
  const isMember = caller.groups.some(({ name }) => name === group);
  return [isMember === args.includes('deny') ? refused : pass];
};
