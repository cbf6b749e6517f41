import type { SshdSetting, SshVersion } from '../../../formats/sshd-config.ts';
import { isValidAddressList } from './patterns.ts';

/**
 * The keywords of sshd_config(5) that say who may log in and how, others that are often set (a mistake in one of them
 * keeps sshd from starting), and what their values look like.
 */
const judged = {
  passwordauthentication: 'flag',
  kbdinteractiveauthentication: 'flag',
  challengeresponseauthentication: 'flag',
  pubkeyauthentication: 'flag',
  permitemptypasswords: 'flag',
  usepam: 'flag',
  strictmodes: 'flag',
  usedns: 'flag',
  hostbasedauthentication: 'flag',
  gssapiauthentication: 'flag',
  permitrootlogin: 'root',
  allowusers: 'users',
  denyusers: 'users',
  allowgroups: 'groups',
  denygroups: 'groups',
  authenticationmethods: 'methods',
  authorizedkeysfile: 'files',
  authorizedkeyscommand: 'command',
  authorizedkeyscommanduser: 'word',
  chrootdirectory: 'word',
  pamservicename: 'word',
  forcecommand: 'text',
  refuseconnection: 'flag',
  printmotd: 'flag',
  printlastlog: 'flag',
  tcpkeepalive: 'flag',
  x11forwarding: 'flag',
  x11uselocalhost: 'flag',
  permittty: 'flag',
  permituserrc: 'flag',
  allowagentforwarding: 'flag',
  disableforwarding: 'flag',
} as const;

export type SshdKeyword = keyof typeof judged;

/** Other keywords that may stand in a Match block: OpenSSH 7.4 to 10, and what Debian and Red Hat add. */
const inMatch = `acceptenv allowstreamlocalforwarding allowtcpforwarding authorizedkeysfile2
  authorizedprincipalscommand authorizedprincipalscommanduser authorizedprincipalsfile banner casignaturealgorithms
  channeltimeout clientalivecountmax clientaliveinterval exposeauthinfo gatewayports
  gssapienablek5users hostbasedacceptedalgorithms hostbasedacceptedkeytypes
  hostbasedusesnamefrompacketonly ignorerhosts include ipqos kerberosauthentication loglevel
  logverbose match maxauthtries maxsessions permitlisten permitopen permittunnel
  pubkeyacceptedalgorithms pubkeyacceptedkeytypes pubkeyauthoptions rdomain rekeylimit requiredrsasize revokedkeys
  rhostsrsaauthentication rsaauthentication setenv streamlocalbindmask streamlocalbindunlink subsystem
  trustedusercakeys unusedconnectiontimeout x11displayoffset`;
const globalOnly = `addressfamily afstokenpassing checkmail ciphers compression debianbanner fingerprinthash
  gssapicleanupcredentials gssapikexalgorithms gssapikeyexchange gssapistorecredentialsonrekey
  gssapistrictacceptorcheck hostcertificate hostdsakey hostkey hostkeyagent hostkeyalgorithms ignoreuserknownhosts
  keepalive kerberosgetafstoken kerberosorlocalpasswd kerberostgtpassing kerberosticketcleanup kexalgorithms
  keyregenerationinterval listenaddress logingracetime macs maxstartups modulifile pamauthenticationviakbdint
  permituserenvironment persourcemaxstartups persourcenetblocksize persourcepenalties persourcepenaltyexemptlist
  pidfile port printlastlog printmotd protocol reversemappingcheck rhostsauthentication securitykeyprovider
  serverkeybits sshdauthpath sshdsessionpath syslogfacility tcpkeepalive uselogin useprivilegeseparation
  verifyreversemapping versionaddendum xauthlocation usepam strictmodes usedns dsaauthentication`;
const words = (text: string): readonly string[] => text.split(/\s+/);
const matchable = new Set(
  [...words(inMatch), ...Object.keys(judged)].filter((each) => !words(globalOnly).includes(each)),
);
const known = new Set([...matchable, ...words(globalOnly)]);

export const isKnownKeyword = (keyword: string): boolean => known.has(keyword);

/** Whether a keyword may stand in a Match block. */
export const isMatchable = (keyword: string, version: SshVersion): boolean =>
  matchable.has(keyword) &&
  !(version < aliasSince && (keyword === 'challengeresponseauthentication' || keyword === 'skeyauthentication'));

/** Since 8.7 ChallengeResponseAuthentication is another name for KbdInteractiveAuthentication. */
export const aliasSince: SshVersion = 807;

/** The keyword that a line sets, where it is one of those that are judged here. */
export const judgedKeyword = (keyword: string, version: SshVersion): SshdKeyword | undefined => {
  if (keyword === 'dsaauthentication') return 'pubkeyauthentication';
  if (keyword === 'challengeresponseauthentication' || keyword === 'skeyauthentication')
    return version < aliasSince ? 'challengeresponseauthentication' : 'kbdinteractiveauthentication';
  return Object.hasOwn(judged, keyword) ? (keyword as SshdKeyword) : undefined;
};

/** Whether every line adds to the ones before, instead of the first one counting. */
export const isList = (keyword: SshdKeyword): boolean => judged[keyword] === 'users' || judged[keyword] === 'groups';

/** What a line sets its keyword to, in sshd's own spelling; undefined where sshd refuses the line (servconf.c). */
export const valuesOf = (keyword: SshdKeyword, { values, text }: SshdSetting): readonly string[] | undefined => {
  const [first = ''] = values;
  switch (judged[keyword]) {
    case 'flag':
      return values.length === 1 && /^(yes|no)$/i.test(first) ? [first.toLowerCase()] : undefined;
    case 'root':
      return values.length === 1 ? rootValue(first.toLowerCase()) : undefined;
    case 'users':
      return values.every((each) => each !== '' && hasValidHost(each)) ? values : undefined;
    case 'groups':
      return values.includes('') ? undefined : values;
    case 'methods':
      return areMethods(values) ? values : undefined;
    case 'files':
      return values.includes('') ? undefined : values;
    case 'command':
      return text.startsWith('/') || text.toLowerCase() === 'none' ? [text] : undefined;
    case 'word':
      return values.length === 1 && first !== '' ? values : undefined;
    case 'text':
      return [text];
  }
};

const rootValues = ['yes', 'no', 'without-password', 'prohibit-password', 'forced-commands-only'];

const rootValue = (value: string): readonly string[] | undefined =>
  rootValues.includes(value) ? [value === 'prohibit-password' ? 'without-password' : value] : undefined;

const hasValidHost = (pattern: string): boolean => {
  const at = pattern.indexOf('@');
  return at < 0 || isValidAddressList(pattern.slice(at + 1));
};

const methodNames = new Set(
  words('none publickey password keyboard-interactive hostbased gssapi-with-mic gssapi-keyex'),
);

const areMethods = (values: readonly string[]): boolean => {
  if (values.length === 0) return false;
  if (values.includes('any')) return values.length === 1;
  return values.every((list) => list.split(',').every((method) => methodNames.has(method.replace(/:.*$/, ''))));
};
