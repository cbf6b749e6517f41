import { decodeBytes } from '../../../../formats/bytes.ts';
import { isInNetwork, parseIpAddress, parseIpNetwork } from '../../../../formats/ip-network.ts';
import type { TreePath } from '../../../../model/tree.ts';
import { listIfPossible, readIfPossible } from '../../../look.ts';
import { isPath, join } from '../../../paths.ts';
import type { PamLogin } from '../login.ts';
import type { PamAnswer } from '../run.ts';
import type { PamModule } from './account.ts';

/** Whether something is in a list; `perhaps` where that hangs on what is not known from here. */
type Fit = 'yes' | 'no' | 'perhaps';

interface Options {
  readonly separator: RegExp;
  readonly fieldSeparator: RegExp;
  readonly hasNoOldGroups: boolean;
}

/** pam_access(8): the first rule of access.conf(5) that fits; nobody is refused where none does. */
export const access: PamModule = async ({ args }, login) => {
  const option = (name: string) => args.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
  const options: Options = {
    separator: anyOf(option('listsep') ?? ' \t,'),
    fieldSeparator: anyOf(option('fieldsep') ?? ':'),
    hasNoOldGroups: args.includes('nodefgroup'),
  };
  const answers: PamAnswer[] = [];
  for (const path of await filesFor(login, option('accessfile'))) {
    const bytes = await readIfPossible(login.tree, path);
    // What stands behind the last end of a line is not read.
    const lines = decodeBytes(bytes ?? new Uint8Array())
      .split('\n')
      .slice(0, -1);
    for (const [index, raw] of lines.entries()) {
      const rule = ruleOf(raw, options);
      const fit =
        rule &&
        both(
          listFit(rule.users, (token) => userFit(token, login, options)),
          () => listFit(rule.origins, (token) => originFit(token, login)),
        );
      if (!rule || fit === undefined || fit === 'no') continue;
      const reason = { kind: 'access', path, line: index + 1 } as const;
      const certain: PamAnswer = rule.isAllowed ? { value: 'success' } : { value: 'perm_denied', reason };
      if (fit === 'yes') return answers.length > 0 ? asAnswers(answers, certain) : [certain];
      answers.push(rule.isAllowed ? { value: 'success', reason } : { value: 'perm_denied', reason });
    }
  }
  return asAnswers(answers, { value: 'success' });
};

const asAnswers = (before: readonly PamAnswer[], last: PamAnswer): [PamAnswer, ...PamAnswer[]] => [last, ...before];

/** access.conf, and after it what access.d holds, in order. */
const filesFor = async ({ tree, home }: PamLogin, named: string | undefined): Promise<readonly TreePath[]> => {
  if (named !== undefined) return isPath(named) ? [join(home, named.slice(1))] : [];
  const folder = join(home, 'etc/security/access.d');
  const names = (await listIfPossible(tree, folder)).map(({ name }) => name).filter((name) => name.endsWith('.conf'));
  return [join(home, 'etc/security/access.conf'), ...names.sort().map((name) => join(folder, name))];
};

const anyOf = (characters: string): RegExp => new RegExp(`[${characters.replace(/[\\\]^-]/g, '\\$&')}]+`);

const ruleOf = (raw: string, { separator, fieldSeparator }: Options) => {
  if (raw.startsWith('#')) return undefined;
  const text = raw.trimEnd().replace(new RegExp(`^${fieldSeparator.source}`), '');
  const first = fieldSeparator.exec(text);
  const rest = first ? text.slice(first.index + first[0].length) : '';
  const second = fieldSeparator.exec(rest);
  const sign = text[0];
  if (!first || !second || (sign !== '+' && sign !== '-')) return undefined;
  const tokens = (list: string) => list.split(separator).filter((token) => token !== '');
  return {
    isAllowed: sign === '+',
    users: tokens(rest.slice(0, second.index)),
    origins: tokens(rest.slice(second.index + second[0].length)),
  };
};

/** Tokens, and behind EXCEPT what is taken out again (pam_access.c, list_match). */
const listFit = (tokens: readonly string[], fitOf: (token: string) => Fit): Fit => {
  let isIncluding = true;
  let matched: Fit = 'no';
  let result: Fit = 'no';
  for (const token of tokens) {
    if (token.toUpperCase() === 'EXCEPT') {
      if (matched === 'no') break;
      isIncluding = !isIncluding;
      matched = 'no';
      continue;
    }
    const one = fitOf(token);
    if (one === 'no') continue;
    if (matched !== 'yes') matched = one;
    if (one === 'yes') result = isIncluding ? 'yes' : 'no';
    else if ((result === 'yes') !== isIncluding) result = 'perhaps';
  }
  return result;
};

const both = (one: Fit, other: () => Fit): Fit => {
  if (one === 'no') return 'no';
  const second = other();
  return one === 'yes' || second === 'no' ? second : 'perhaps';
};

const userFit = (token: string, login: PamLogin, { hasNoOldGroups }: Options): Fit => {
  const { name, uid } = login.user.passwd;
  const inGroup = (group: string) =>
    login.user.groups.some((each) => each.name === group || String(each.gid) === group);
  if (/^\(.+\)$/.test(token)) return inGroup(token.slice(1, -1)) ? 'yes' : 'no';
  const at = token.indexOf('@', 1);
  if (at > 0 && !token.startsWith('@'))
    return both(userFit(token.slice(0, at), login, { ...noOptions, hasNoOldGroups }), () => 'perhaps');
  if (token.startsWith('@')) return 'perhaps';
  if (token.toUpperCase() === 'ALL' || token.toLowerCase() === name.toLowerCase() || token === String(uid))
    return 'yes';
  return !hasNoOldGroups && login.user.groups.some((each) => each.name === token) ? 'yes' : 'no';
};

const noOptions: Options = { separator: / /, fieldSeparator: /:/, hasNoOldGroups: false };

const originFit = (token: string, { tty, remote, service }: PamLogin): Fit => {
  if (token.toUpperCase() === 'ALL') return 'yes';
  if (token.startsWith('@')) return 'perhaps';
  if (remote === undefined) {
    if (token.toUpperCase() === 'LOCAL') return 'yes';
    return token.toLowerCase() === (tty ?? service).toLowerCase() ? 'yes' : 'no';
  }
  if (token.toUpperCase() === 'LOCAL') return 'no';
  if (isTerminal.test(token)) return 'no';
  return remote.host === undefined ? 'perhaps' : hostFit(token, remote.host);
};

const isTerminal = /^(tty\w*|pts\/\d+|console|:\d.*)$/;

const hostFit = (token: string, host: string): Fit => {
  if (token.toLowerCase() === host.toLowerCase()) return 'yes';
  const address = parseIpAddress(host);
  if (token.startsWith('.')) return host.toLowerCase().endsWith(token.toLowerCase()) ? 'yes' : 'no';
  if (token.endsWith('.')) return `${host}.`.startsWith(token) ? 'yes' : 'no';
  const [, bits = ''] = token.split('/');
  const network = parseIpNetwork(bits.includes('.') ? token.replace(bits, String(prefixOf(bits))) : token);
  if (network === undefined || address === undefined) return parseIpAddress(token) ? 'no' : 'perhaps';
  return network !== 'inconsistent' && isInNetwork(address, network) ? 'yes' : 'no';
};

/** 255.255.255.0 is 24. */
const prefixOf = (mask: string): number =>
  [...(parseIpAddress(mask)?.value ?? 0n).toString(2)].filter((bit) => bit === '1').length;
