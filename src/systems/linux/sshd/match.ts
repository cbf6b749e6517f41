import type { SshVersion } from '../../../formats/sshd-config.ts';
import { strdelim } from '../../../formats/sshd-words.ts';
import type { SshdLine } from './configuration.ts';
import { isValidAddressList, matchAddress, matchGroups, matchHost, matchList } from './patterns.ts';

/** Somebody who logs in, with the names of all groups that he is in. */
export interface SshdUser {
  readonly name: string;
  readonly groups: readonly string[];
}

/** A connection. What is undefined is not known from here. */
export interface SshdConnection {
  readonly user: SshdUser;
  /** Where it comes from; the name is the address again where UseDNS is off. */
  readonly host?: string;
  readonly address?: string;
  readonly localAddress?: string;
  readonly localPort?: number;
  readonly rdomain?: string;
}

/** `depends`: on something about the connection that is not known from here. `bad`: sshd does not start with such a line. */
export type MatchVerdict = 'yes' | 'no' | 'depends' | 'bad';

/** Since 9.9 criteria are read like other values, since 10.0 `User=bob` is understood again. */
const argvSince: SshVersion = 909;
const equalsAgainSince: SshVersion = 1000;

/**
 * Whether the criteria of a Match fit (servconf.c, match_cfg_line). Without a connection it is read as at sshd's start:
 * nothing but `all` fits, and what is wrong shows.
 * @param release what sshd calls itself: `OpenSSH_9.2p1`
 */
export const matchVerdict = (
  { text, values }: SshdLine,
  version: SshVersion,
  connection: SshdConnection | undefined,
  release?: string,
): MatchVerdict => {
  const next = version >= argvSince ? reader(values) : delimited(text);
  let verdict: MatchVerdict = 'yes';
  for (let count = 0; ; count++) {
    let criterion = next();
    if (criterion === undefined || criterion === '' || criterion.startsWith('#')) return count === 0 ? 'bad' : verdict;
    if (criterion.toLowerCase() === 'all') {
      const after = next();
      return count > 0 || (after !== undefined && after !== '' && !after.startsWith('#')) ? 'bad' : 'yes';
    }
    let argument: string | undefined;
    if (criterion.toLowerCase() === 'invalid-user' && version >= argvSince) {
      verdict = 'no';
      continue;
    }
    const [, name, value] = (version >= equalsAgainSince && /^(\w+)=(.*)$/s.exec(criterion)) || [];
    if (name !== undefined && criteria.has(name.toLowerCase())) [criterion, argument] = [name, value];
    else argument = next();
    if (argument === undefined || argument === '' || argument.startsWith('#')) return 'bad';
    const one = criterionVerdict(criterion.toLowerCase(), argument, { version, connection, release });
    if (one === 'bad') return 'bad';
    if (one === 'no' || (one === 'depends' && verdict === 'yes')) verdict = one;
  }
};

const criteria = new Set(['user', 'group', 'host', 'address', 'localaddress', 'localport', 'rdomain', 'version']);
/** `Match version` came with 10.0. */
const versionSince: SshVersion = 1000;

interface Circumstances {
  readonly version: SshVersion;
  readonly connection: SshdConnection | undefined;
  readonly release: string | undefined;
}

const criterionVerdict = (
  criterion: string,
  argument: string,
  { version, connection, release }: Circumstances,
): MatchVerdict => {
  const given = <T>(value: T | undefined, fits: (value: T) => boolean): MatchVerdict => {
    if (connection === undefined) return 'no';
    if (value === undefined) return argument === '*' ? 'yes' : 'depends';
    return fits(value) ? 'yes' : 'no';
  };
  switch (criterion) {
    case 'user':
      return given(connection?.user.name, (name) => matchList(name, argument) === 'fits');
    case 'group':
      return given(connection?.user.groups, (groups) => matchGroups(groups, argument));
    case 'host':
      return given(connection?.host, (host) => matchHost(host, argument) === 'fits');
    case 'address':
    case 'localaddress': {
      if (!isValidAddressList(argument)) return 'bad';
      const address = criterion === 'address' ? connection?.address : connection?.localAddress;
      return given(address, (known) => matchAddress(known, argument) === 'fits');
    }
    case 'localport': {
      const wanted = argument === 'ssh' ? 22 : Number(/^\d{1,6}$/.exec(argument)?.[0]);
      return wanted <= 65_535 ? given(connection?.localPort, (port) => port === wanted) : 'bad';
    }
    case 'rdomain':
      return given(connection?.rdomain, (rdomain) => matchList(rdomain, argument) === 'fits');
    case 'version':
      if (version < versionSince) return 'bad';
      if (release === undefined) return 'depends';
      return matchList(release, argument) === 'fits' ? 'yes' : 'no';
    default:
      return 'bad';
  }
};

const reader = (values: readonly string[]): (() => string | undefined) => {
  let at = 0;
  return () => values[at++];
};

const delimited = (text: string): (() => string | undefined) => {
  let rest: string | undefined = text;
  return () => {
    const cut = rest === undefined ? undefined : strdelim(rest);
    rest = cut?.rest;
    return cut?.word;
  };
};
