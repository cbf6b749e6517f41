import { decodeBytes } from '../../../../formats/bytes.ts';
import { readIfPossible, statusIfPossible } from '../../../look.ts';
import { isPath, join } from '../../../paths.ts';
import type { PamAnswer, PamAnswers } from '../run.ts';
import type { PamModule } from './account.ts';

/** Modules that ask from where and when somebody comes, or look him up in a list. */

/** pam_securetty(8): root, and only from terminals that are listed; without the list from everywhere. */
export const securetty: PamModule = async ({ args }, { tree, home, user, tty }) => {
  if (user.passwd.uid !== 0) return [{ value: 'success' }];
  if (tty === undefined) return [{ value: 'service_err', reason: { kind: 'denies' } }];
  for (const file of ['etc/securetty', 'usr/share/pam/securetty', 'usr/etc/securetty']) {
    const path = join(home, file);
    const status = await statusIfPossible(tree, path);
    if (!status) continue;
    const refused: PamAnswer = { value: 'auth_err', reason: { kind: 'securetty', path, tty } };
    if (status.kind !== 'file' || (status.mode & 0o002) !== 0) return [refused];
    const isListed = decodeBytes((await readIfPossible(tree, path)) ?? new Uint8Array())
      .split('\n')
      .includes(tty);
    if (isListed) return [{ value: 'success' }];
    // The kernel's console is let in as well, and which one that is stands on its command line.
    return args.includes('noconsole')
      ? [refused]
      : [refused, { value: 'success', reason: { kind: 'securetty', path, tty } }];
  }
  return [{ value: 'success' }];
};

/** pam_listfile(8). */
export const listfile: PamModule = async ({ args }, { tree, home, user, tty, remote }) => {
  const option = (name: string) => args.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
  const [item, file, sense] = [option('item'), option('file') ?? '', option('sense')];
  const onError: PamAnswer = { value: option('onerr') === 'succeed' ? 'success' : 'service_err' };
  const path = isPath(file) ? join(home, file.slice(1)) : undefined;
  if (path === undefined || (sense !== 'allow' && sense !== 'deny')) return [withReason(onError, file, false)];
  // About the account itself it is always asked.
  const apply = item === 'tty' || item === 'rhost' ? option('apply') : undefined;
  if (apply !== undefined && !appliesTo(apply, user.passwd.name, user.groups)) return [{ value: 'ignore' }];
  const wanted = valuesOf(item, { user, tty, remote });
  if (wanted === undefined)
    return [{ value: 'success' }, { value: 'auth_err', reason: { kind: 'list', path, ofUsers: false } }];
  const status = await statusIfPossible(tree, path);
  const bytes = status?.kind === 'file' ? await readIfPossible(tree, path) : undefined;
  if (!status || !bytes) return [withReason(onError, path, false)];
  if ((status.mode & 0o002) !== 0) return [{ value: 'auth_err', reason: { kind: 'list', path, ofUsers: false } }];
  const at = decodeBytes(bytes)
    .split('\n')
    .map((line) => line.replace(/\r$/, '').replace(item === 'tty' ? /^\/dev\// : /^$/, ''))
    .findIndex((line) => wanted.includes(line) && line !== '');
  const isListed = at >= 0;
  const line = isListed ? { line: at + 1 } : {};
  if (isListed === (sense === 'allow')) return [{ value: 'success' }];
  return [{ value: 'auth_err', reason: { kind: 'list', path, ...line, ofUsers: item === 'user' } }];
};

const withReason = (answer: PamAnswer, path: string, ofUsers: boolean): PamAnswer =>
  answer.value === 'success' ? answer : { ...answer, reason: { kind: 'list', path, ofUsers } };

const appliesTo = (apply: string, name: string, groups: readonly { readonly name: string }[]): boolean =>
  apply.startsWith('@') ? groups.some((group) => group.name === apply.slice(1)) : apply === name;

type Asked = Pick<Parameters<PamModule>[1], 'user' | 'tty' | 'remote'>;

const valuesOf = (item: string | undefined, { user, tty, remote }: Asked): readonly string[] | undefined => {
  switch (item) {
    case 'user':
      return [user.passwd.name];
    case 'group':
      return user.groups.map(({ name }) => name);
    case 'shell':
      return [user.passwd.shell];
    case 'tty':
      return tty === undefined ? [] : [tty.replace(/^\/dev\//, '')];
    case 'rhost':
      return remote === undefined ? [] : remote.host === undefined ? undefined : [remote.host];
    default:
      return undefined;
  }
};

/** pam_time(8): a rule that fits refuses outside of its times, and which time it will be nobody knows. */
export const time: PamModule = async ({ args }, { tree, home, service, user, tty }) => {
  const named = args.find((arg) => arg.startsWith('conffile='))?.slice('conffile='.length);
  const inside = named ?? '/etc/security/time.conf';
  const path = isPath(inside) ? join(home, inside.slice(1)) : undefined;
  const bytes = path && (await readIfPossible(tree, path));
  if (!path || !bytes) return [{ value: 'success' }];
  const lines = decodeBytes(bytes).split('\n');
  for (const [index, raw] of lines.entries()) {
    const [services, ttys, users, times, ...more] = raw.replace(/#.*/, '').trim().split(';');
    if (services === undefined || ttys === undefined || users === undefined || times === undefined || more.length > 0)
      continue;
    const fits =
      fitsLogic(service, services) &&
      fitsLogic(tty ?? '', ttys) &&
      (users.startsWith('@') || fitsLogic(user.passwd.name, users));
    if (!fits || /^Al0000-2400$/i.test(times.trim())) continue;
    const reason = { kind: 'time', path, line: index + 1 } as const;
    if (/^!Al0000-2400$/i.test(times.trim())) return [{ value: 'perm_denied', reason }];
    return [
      { value: 'success', reason },
      { value: 'perm_denied', reason },
    ];
  }
  return [{ value: 'success' }];
};

/** Names with `*`, joined by `|` and `&` from left to right, `!` in front (time.conf(5)). */
const fitsLogic = (text: string, logic: string): boolean => {
  let result = false;
  let operator = '|';
  for (const [, sign = '', pattern = '', next = ''] of logic.replace(/\s/g, '').matchAll(/(!?)([^|&!]+)([|&]?)/g)) {
    const star = pattern.indexOf('*');
    const isSame = star < 0 ? text === pattern : text.startsWith(pattern.slice(0, star)) && star === pattern.length - 1;
    const value = isSame !== (sign === '!');
    result = operator === '|' ? result || value : result && value;
    operator = next;
  }
  return result;
};

/** pam_permit(8), pam_deny(8). */
export const permit = (): PamAnswers => [{ value: 'success' }];
export const deny = (): PamAnswers => [{ value: 'auth_err', reason: { kind: 'denies' } }];
