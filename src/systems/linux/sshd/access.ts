import { matchesGlob } from '../../../formats/glob.ts';
import type { SshVersion } from '../../../formats/sshd-config.ts';
import type { SshdLine } from './configuration.ts';
import type { SshdConnection } from './match.ts';
import { methodLists, type SshdOptions, type SshdSaying, settingOf } from './options.ts';
import { matchAddress, matchHost } from './patterns.ts';

/** The two ways in over SSH. */
export type SshDoor = 'ssh-password' | 'ssh-key';

/**
 * What keeps one or both of them shut.
 * - `setting`: a line says so, or `text` is what sshd does where no line says otherwise.
 * - `denied`, `not-allowed`: DenyUsers and its like name him, AllowUsers and its like do not.
 * - `methods`: AuthenticationMethods asks for more, or for something else.
 * - `perhaps`: whether a list names him hangs on where he comes from.
 */
export interface SshBlock {
  readonly kind: 'setting' | 'denied' | 'not-allowed' | 'methods' | 'perhaps';
  readonly doors: readonly SshDoor[];
  readonly line: SshdLine | undefined;
  /** `PasswordAuthentication no`: what counts, as it would stand in the file. */
  readonly text: string;
}

export interface SshAccount {
  readonly uid: number;
  readonly gid: number;
}

const both: readonly SshDoor[] = ['ssh-password', 'ssh-key'];

/** What sshd's configuration keeps shut for a connection, in the order in which sshd asks (auth.c, allowed_user). */
export const blocksOf = (
  options: SshdOptions,
  version: SshVersion,
  connection: SshdConnection,
  { uid }: SshAccount,
): readonly SshBlock[] => [
  ...setting(options, version, 'refuseconnection', { RefuseConnection: ['yes'] }, both),
  ...listBlocks(options, connection),
  ...(uid === 0 ? rootBlocks(options, version) : []),
  ...methodBlocks(options, version),
];

type Keyword = Parameters<typeof settingOf>[1];

const setting = (
  options: SshdOptions,
  version: SshVersion,
  keyword: Keyword,
  refusing: Readonly<Record<string, readonly string[]>>,
  doors: readonly SshDoor[],
): readonly SshBlock[] => {
  const [[name, values] = ['', []]] = Object.entries(refusing);
  const value = settingOf(options, keyword, version);
  if (!values.includes(value)) return [];
  const shown = value === 'without-password' ? 'prohibit-password' : value;
  return [{ kind: 'setting', doors, line: options.get(keyword)?.[0]?.line, text: `${name} ${shown}` }];
};

const rootBlocks = (options: SshdOptions, version: SshVersion): readonly SshBlock[] => [
  ...setting(options, version, 'permitrootlogin', { PermitRootLogin: ['no'] }, both),
  ...setting(options, version, 'permitrootlogin', { PermitRootLogin: ['without-password', 'forced-commands-only'] }, [
    'ssh-password',
  ]),
];

/** Whether a name is in a list; `perhaps` where that hangs on where somebody comes from. */
type Fit = 'yes' | 'no' | 'perhaps';

const listBlocks = (options: SshdOptions, connection: SshdConnection): readonly SshBlock[] => {
  const { user } = connection;
  const blocks: SshBlock[] = [];
  const byUser = (pattern: string) => userFit(pattern, connection);
  const byGroup = (pattern: string): Fit => (user.groups.some((group) => matchesGlob(group, pattern)) ? 'yes' : 'no');
  const lists = [
    ['denyusers', 'DenyUsers', byUser],
    ['allowusers', 'AllowUsers', byUser],
    ['denygroups', 'DenyGroups', byGroup],
    ['allowgroups', 'AllowGroups', byGroup],
  ] as const;
  for (const [keyword, name, fit] of lists) {
    const sayings = options.get(keyword) ?? [];
    if (sayings.length === 0) continue;
    const found = bestFit(sayings, fit);
    const isDenying = keyword.startsWith('deny');
    if (found.fit === (isDenying ? 'no' : 'yes')) continue;
    const { line, values } = found.saying;
    const kind = found.fit === 'perhaps' ? 'perhaps' : isDenying ? 'denied' : 'not-allowed';
    blocks.push({ kind, doors: both, line, text: `${name} ${values.join(' ')}` });
  }
  return blocks;
};

const bestFit = (sayings: readonly SshdSaying[], fitOf: (pattern: string) => Fit) => {
  let best: { readonly fit: Fit; readonly saying: SshdSaying } = { fit: 'no', saying: sayings[0] as SshdSaying };
  for (const saying of sayings)
    for (const value of saying.values) {
      const one = fitOf(value);
      if (one === 'yes') return { fit: one, saying };
      if (one === 'perhaps') best = { fit: one, saying };
    }
  return best;
};

/** `bob`, or `bob@laptop,192.0.2.0/24` (match.c, match_user). */
const userFit = (pattern: string, { user, host, address }: SshdConnection): Fit => {
  const at = pattern.indexOf('@');
  if (at < 0) return matchesGlob(user.name, pattern) ? 'yes' : 'no';
  if (!matchesGlob(user.name, pattern.slice(0, at))) return 'no';
  const places = pattern.slice(at + 1);
  if (address === undefined) return places === '*' ? 'yes' : 'perhaps';
  const byAddress = matchAddress(address, places);
  const byHost = matchHost(host ?? address, places);
  if (byAddress === 'vetoed' || byHost === 'vetoed') return 'no';
  return byAddress === 'fits' || byHost === 'fits' ? 'yes' : 'no';
};

const methodBlocks = (options: SshdOptions, version: SshVersion): readonly SshBlock[] => {
  const isOn = (keyword: Keyword) => settingOf(options, keyword, version) === 'yes';
  const blocks: SshBlock[] = [];
  // Without PAM there is nobody to ask the questions.
  const hasQuestions = isOn('kbdinteractiveauthentication') && isOn('usepam');
  if (!isOn('passwordauthentication') && !hasQuestions)
    blocks.push(
      ...setting(options, version, 'passwordauthentication', { PasswordAuthentication: ['no'] }, ['ssh-password']),
    );
  if (!isOn('pubkeyauthentication'))
    blocks.push(...setting(options, version, 'pubkeyauthentication', { PubkeyAuthentication: ['no'] }, ['ssh-key']));
  const lists = methodLists(options, version);
  const saying = options.get('authenticationmethods')?.[0];
  if (lists === undefined || saying === undefined) return blocks;
  const isEnough = (among: readonly string[]) => lists.some((list) => list.every((method) => among.includes(method)));
  const byPassword = ['password', ...(hasQuestions ? ['keyboard-interactive'] : [])];
  const doors = both.filter((door) => !isEnough(door === 'ssh-key' ? ['publickey'] : byPassword));
  const text = `AuthenticationMethods ${saying.values.join(' ')}`;
  return doors.length > 0 ? [...blocks, { kind: 'methods', doors, line: saying.line, text }] : blocks;
};
