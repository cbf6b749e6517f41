import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { seededRandom } from './random.ts';

/** Configurations of sshd as people and their distributions write them, and as nobody should. */

type Random = ReturnType<typeof seededRandom>;

const values: Readonly<Record<string, readonly [string, ...string[]]>> = {
  PermitRootLogin: ['yes', 'no', 'prohibit-password', 'without-password', 'forced-commands-only', '"yes"', 'No'],
  PasswordAuthentication: ['yes', 'no', '"no"', 'YES'],
  KbdInteractiveAuthentication: ['yes', 'no'],
  ChallengeResponseAuthentication: ['yes', 'no'],
  PubkeyAuthentication: ['yes', 'no', "'no'"],
  PermitEmptyPasswords: ['yes', 'no'],
  AuthorizedKeysFile: [
    '.ssh/authorized_keys .ssh/authorized_keys2',
    '/etc/ssh/keys/%u',
    'none',
    '"%h/my keys"',
    '/etc/ssh/a\\ b %h/c',
    '"/etc/a#b" /x',
    'a=b',
  ],
  AllowUsers: ['root', 'games sync', 'r*', '"root" games', 'games@192.0.2.0/24 root@*', 's?nc@!192.0.2.7,*', 'a@b@c'],
  DenyUsers: ['games', 'root@10.0.0.0/8', '*@*.example', 'nobody'],
  AllowGroups: ['root games', 'g*', '"no group"'],
  DenyGroups: ['games', 'r??t'],
  AuthenticationMethods: ['any', 'publickey,password publickey', 'keyboard-interactive:pam', 'password'],
  AuthorizedKeysCommand: ['/usr/bin/keys "%u"  %h', 'none'],
  AuthorizedKeysCommandUser: ['nobody'],
  ForceCommand: ['none', '/bin/true  x'],
  ChrootDirectory: ['none', '/srv/%u'],
  X11Forwarding: ['no'],
};
const globals: Readonly<Record<string, readonly [string, ...string[]]>> = {
  UsePAM: ['yes', 'no'],
  StrictModes: ['yes', 'no'],
  UseDNS: ['yes', 'no'],
  PrintMotd: ['no'],
};
const criteria: readonly [string, ...string[]] = [
  ...([
    'User root',
    'User games,sync',
    'User !r*,g?mes',
    'User=sync',
    'User "root"',
    'Group root',
    'Group !root,*',
  ] as const),
  ...([
    'Group games',
    'Group=games',
    'Address 192.0.2.0/24',
    'Address !192.0.2.7,*',
    'Address 10.*',
    'Address 2001:db8::/32',
  ] as const),
  ...([
    'LocalAddress 198.51.100.1',
    'LocalPort 22',
    'LocalPort 2222',
    'Host *.example',
    'Host LAPTOP.example,x',
  ] as const),
  ...(['Host !laptop.example,*', 'Address 192.0.2.7,198.51.100.0/24'] as const),
];
const wrong: readonly [string, ...string[]] = [
  ...([
    'PasswordAuthentication maybe',
    'PermitRootLogin',
    'Match',
    'Match user',
    'Match all user root',
    'Match address 10.0.0.1/8',
  ] as const),
  ...([
    'AllowUsers bob@10.0.0.1/8',
    'NoSuchKeyword yes',
    'PasswordAuthentication yes no',
    'AuthenticationMethods magic',
  ] as const),
  ...([
    'AllowUsers "root',
    'AuthenticationMethods any password',
    'Match canonical',
    'Match localport 65536',
    'Match localport 0',
  ] as const),
];

export interface Style {
  /** Comments behind values, and more than double quotes: read since 8.7. */
  readonly isNew: boolean;
}

const setting = (random: Random, inMatch: boolean, { isNew }: Style): string => {
  const from = inMatch || random.below(6) > 0 ? values : globals;
  const keyword = random.pick(Object.keys(from) as [string, ...string[]]);
  if (inMatch && !isNew && keyword.startsWith('Challenge')) return '';
  const between = random.pick([' ', ' ', '\t', ' = ', '=', '  ']);
  const indent = random.pick(['', '', '  ', '\t']);
  const comment =
    isNew && !/Command/.test(keyword) ? random.pick(['', '', ' # why', random.below(40) === 0 ? '#x' : '']) : '';
  const end = random.pick(['', '', ' ', '\t', '\r']);
  return `${indent}${random.pick([keyword, keyword.toLowerCase(), keyword.toUpperCase()])}${between}${random.pick(from[keyword] ?? [''])}${comment}${end}`;
};

const match = (random: Random, { isNew }: Style): string => {
  if (random.below(6) === 0)
    return random.pick(['Match all', 'match ALL', isNew ? 'Match all # everybody' : 'Match all']);
  const some = Array.from({ length: 1 + random.below(2) }, () => random.pick(criteria));
  return `${random.pick(['Match ', 'match  ', 'Match\t'])}${some.join(' ')}`;
};

/** Lines of one file; `includes` are what an Include of it may name; what is global alone is rare where it may stand in a Match. */
const lines = (
  random: Random,
  count: number,
  includes: readonly string[],
  style: Style,
  isIncluded = random.below(8) > 0,
): string[] => {
  let inMatch = isIncluded;
  return Array.from({ length: count }, () => {
    const kind = random.below(12);
    if (kind === 0) return random.pick(['# x', '', '   ', '#PermitRootLogin yes']);
    if (kind === 1 && includes.length > 0) return `Include ${random.pick(includes as [string, ...string[]])}`;
    if (kind <= 3) {
      inMatch = true;
      return match(random, style);
    }
    return setting(random, inMatch, style);
  });
};

const mainIncludes = [
  ...[
    'sshd_config.d/*.conf',
    '/etc/ssh/sshd_config.d/*.conf',
    '"/etc/ssh/sshd_config.d/1*.conf" more/x',
    'sshd_config.d/[2-9]*',
  ],
  ...['none/*.conf', '/etc/ssh/*/x', 'more/?', 'sshd_config.d'],
];

/** Writes a configuration below a folder, and gives it back as text for a failing test. */
export const writeConfiguration = (folder: string, random: Random, style: Style): string => {
  for (const part of ['sshd_config.d', 'more', 'sshd_config'])
    rmSync(join(folder, part), { recursive: true, force: true });
  const main = lines(random, 2 + random.below(10), mainIncludes, style, false);
  if (random.below(8) > 0) main.unshift('AuthorizedKeysCommandUser nobody');
  if (random.below(2) === 0) main.unshift('Include /etc/ssh/sshd_config.d/*.conf');
  if (random.below(12) === 0) main.splice(random.below(main.length), 0, random.pick(wrong));
  const files: Record<string, readonly string[]> = {
    sshd_config: main,
    'sshd_config.d/10-a.conf': lines(random, random.below(5), ['more/y', 'more/*'], style),
    'sshd_config.d/2-b.conf': lines(random, random.below(5), ['/etc/ssh/more/[xy]'], style),
    'sshd_config.d/.hidden.conf': ['PasswordAuthentication no'],
    'sshd_config.d/c.txt': ['UsePAM yes', 'PermitRootLogin no'],
    'more/x': lines(random, random.below(4), ['more/y'], style),
    'more/y': lines(random, random.below(4), [], style),
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content.map((line) => `${line}\n`).join(''));
  }
  return Object.entries(files)
    .map(([name, content]) => `== ${name}\n${content.join('\n')}`)
    .join('\n');
};
