import { matchesPathGlob } from '../../../../formats/path-glob.ts';
import type { PamLogin } from '../login.ts';
import type { PamAnswer } from '../run.ts';
import type { PamModule } from './account.ts';

const flags = new Set(['debug', 'use_uid', 'quiet', 'quiet_fail', 'quiet_success', 'audit']);

/** pam_succeed_if(8): all of its conditions hold. With use_uid they are about the one who asks. */
export const succeedIf: PamModule = ({ args }, login) => {
  const words = args.filter((arg) => !flags.has(arg));
  const reason = { kind: 'condition', text: words.join(' ') } as const;
  if (words.length === 0 || words.length % 3 !== 0) return [{ value: 'service_err', reason }];
  const isAboutCaller = args.includes('use_uid') && login.caller !== undefined;
  let isSure = true;
  for (let at = 0; at < words.length; at += 3) {
    const [left = '', operator = '', right = ''] = words.slice(at, at + 3);
    const holds = isAboutCaller ? undefined : conditionHolds(left.toLowerCase(), operator.toLowerCase(), right, login);
    if (holds === 'error') return [{ value: 'service_err', reason }];
    if (holds === false) return [{ value: 'auth_err', reason }];
    if (holds === undefined) isSure = false;
  }
  const success: PamAnswer = { value: 'success' };
  return isSure
    ? [success]
    : [
        { ...success, reason },
        { value: 'auth_err', reason },
      ];
};

/** Undefined: not known from here. */
const conditionHolds = (
  left: string,
  operator: string,
  right: string,
  login: PamLogin,
): boolean | undefined | 'error' => {
  const { passwd, groups } = login.user;
  if (operator === 'ingroup' || operator === 'notingroup')
    return right.split(':').some((name) => groups.some((group) => group.name === name)) === (operator === 'ingroup');
  if (operator === 'innetgr' || operator === 'notinnetgr') return undefined;
  const values: Readonly<Record<string, string | undefined>> = {
    ...{ login: passwd.name, name: passwd.name, user: passwd.name, uid: String(passwd.uid), gid: String(passwd.gid) },
    ...{ shell: passwd.shell, home: passwd.home, dir: passwd.home, homedir: passwd.home, service: login.service },
    rhost: login.remote === undefined ? '' : login.remote.host,
    tty: login.tty ?? '',
    ruser: undefined,
  };
  if (!Object.hasOwn(values, left)) return 'error';
  const value = values[left];
  return value === undefined ? undefined : compare(value, operator, right);
};

const compare = (value: string, operator: string, right: string): boolean | 'error' => {
  const numbers = numericOperators[operator];
  if (numbers) {
    const [one, other] = [numberOf(value), numberOf(right)];
    return one === undefined || other === undefined ? 'error' : numbers(one, other);
  }
  switch (operator) {
    case '=':
      return value === right;
    case '!=':
      return value !== right;
    case '=~':
    case 'glob':
      return matchesPathGlob(value, right);
    case '!~':
    case 'noglob':
      return !matchesPathGlob(value, right);
    case 'in':
      return right.split(':').includes(value);
    case 'notin':
      return !right.split(':').includes(value);
    default:
      return 'error';
  }
};

const numericOperators: Readonly<Record<string, (one: number, other: number) => boolean>> = {
  '<': (one, other) => one < other,
  lt: (one, other) => one < other,
  '<=': (one, other) => one <= other,
  le: (one, other) => one <= other,
  '>': (one, other) => one > other,
  gt: (one, other) => one > other,
  '>=': (one, other) => one >= other,
  ge: (one, other) => one >= other,
  eq: (one, other) => one === other,
  ne: (one, other) => one !== other,
};

const numberOf = (text: string): number | undefined => (/^-?\d{1,15}$/.test(text) ? Number(text) : undefined);
