import type { SshVersion } from '../../../formats/sshd-config.ts';
import type { SshdLine } from './configuration.ts';
import type { SshdKeyword } from './keywords.ts';

/** A line that counts, and what it says in sshd's own spelling. */
export interface SshdSaying {
  readonly line: SshdLine;
  readonly values: readonly string[];
}

/** What counts for each keyword, in order: one line, or of a list all. What is missing is left to sshd's defaults. */
export type SshdOptions = ReadonlyMap<SshdKeyword, readonly SshdSaying[]>;

/**
 * The lists of AuthenticationMethods of which every method is switched on: of one of them all are asked for. Undefined
 * where any one method that is switched on is enough.
 */
export const methodLists = (options: SshdOptions, version: SshVersion): readonly (readonly string[])[] | undefined => {
  const lists = options.get('authenticationmethods')?.[0]?.values ?? ['any'];
  if (lists[0] === 'any') return undefined;
  const named = lists.map((list) => list.split(',').map((method) => method.replace(/:.*$/, '')));
  return named.filter((methods) => methods.every((method) => isMethodOn(options, method, version)));
};

const switches: Readonly<Record<string, SshdKeyword>> = {
  publickey: 'pubkeyauthentication',
  password: 'passwordauthentication',
  'keyboard-interactive': 'kbdinteractiveauthentication',
  hostbased: 'hostbasedauthentication',
  'gssapi-with-mic': 'gssapiauthentication',
};

const isMethodOn = (options: SshdOptions, method: string, version: SshVersion): boolean => {
  const keyword = switches[method];
  return keyword === undefined ? method === 'none' : settingOf(options, keyword, version) === 'yes';
};

/** The one value of a keyword, or sshd's default. */
export const settingOf = (options: SshdOptions, keyword: SshdKeyword, version: SshVersion): string => {
  const value = options.get(keyword)?.[0]?.values[0];
  return value ?? defaultOf(keyword, version);
};

/** What upstream's sshd does where nothing is said (sshd_config(5)). */
const defaultOf = (keyword: SshdKeyword, version: SshVersion): string => {
  switch (keyword) {
    case 'passwordauthentication':
    case 'kbdinteractiveauthentication':
    case 'challengeresponseauthentication':
    case 'pubkeyauthentication':
    case 'strictmodes':
      return 'yes';
    case 'permitrootlogin':
      return version < 700 ? 'yes' : 'without-password';
    case 'usedns':
      return version < 608 ? 'yes' : 'no';
    case 'authenticationmethods':
      return 'any';
    case 'permitemptypasswords':
    case 'usepam':
    case 'hostbasedauthentication':
    case 'gssapiauthentication':
    case 'refuseconnection':
      return 'no';
    case 'pamservicename':
      return 'sshd';
    default:
      return 'none';
  }
};
