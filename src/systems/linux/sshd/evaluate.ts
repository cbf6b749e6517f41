import type { SshVersion } from '../../../formats/sshd-config.ts';
import type { TreePath } from '../../../model/tree.ts';
import type { SshdConfiguration, SshdItem, SshdLine } from './configuration.ts';
import {
  aliasSince,
  isKnownKeyword,
  isList,
  isMatchable,
  judgedKeyword,
  type SshdKeyword,
  valuesOf,
} from './keywords.ts';
import { matchVerdict, type SshdConnection } from './match.ts';
import { methodLists, type SshdOptions, type SshdSaying } from './options.ts';

/** A line with which sshd does not start. */
export interface SshdFault {
  readonly path: TreePath;
  readonly line: number;
  readonly text: string;
  /** `unknown-keyword`: another release, or another builder's, may know it. */
  readonly kind: 'unknown-keyword' | 'wrong';
}

export interface SshdEvaluation {
  readonly options: SshdOptions;
  /** Match lines on which the result depends, beyond what is known of the connection. */
  readonly undecided: readonly SshdLine[];
  /** A line that ends such a connection, although sshd has started with it. */
  readonly fault: SshdFault | undefined;
}

/**
 * What is in force for a connection, as sshd finds it: all once without Match blocks, then the blocks that fit, whose
 * settings replace the others (servconf.c, parse_server_match_config).
 * @param holds what to take for a Match line that depends on more than is known
 */
export const evaluateSshd = (
  configuration: SshdConfiguration,
  connection: SshdConnection,
  holds: (line: SshdLine) => boolean = () => false,
): SshdEvaluation => {
  const atStart = runPass(configuration, { connection: undefined, holds });
  const atLogin = runPass(configuration, { connection, holds });
  const { version } = configuration;
  const options = new Map(atStart.options);
  if (version < aliasSince) takeChallengeResponse(options);
  for (const [keyword, sayings] of atLogin.options) options.set(keyword, sayings);
  return { options, undecided: [...atLogin.undecided], fault: atLogin.faults.find(({ kind }) => kind === 'wrong') };
};

/** Before 8.7 ChallengeResponseAuthentication, which is on by default, switched the other on for good. */
const takeChallengeResponse = (options: Map<SshdKeyword, readonly SshdSaying[]>): void => {
  const saying = options.get('challengeresponseauthentication');
  if (saying?.[0]?.values[0] === 'no') {
    if (!options.has('kbdinteractiveauthentication')) options.set('kbdinteractiveauthentication', saying);
  } else if (saying) options.set('kbdinteractiveauthentication', saying);
  else options.delete('kbdinteractiveauthentication');
};

/** The first line with which sshd would not start. */
export const faultOf = (configuration: SshdConfiguration): SshdFault | undefined => {
  const { faults, options } = runPass(configuration, { connection: undefined, holds: () => false });
  if (configuration.version < aliasSince) takeChallengeResponse(options);
  const isWhole = faults.length === 0 && configuration.excess === undefined;
  const unmet = isWhole ? unmetIn(options, configuration.version) : undefined;
  const fault = unmet && { ...placeOf(unmet.line), kind: 'wrong' as const };
  return fault ?? faults.find(({ kind }) => kind === 'wrong') ?? faults[0];
};

/** What sshd looks at once more when all is read: a command needs its user, a list of methods one that can be met. */
const unmetIn = (options: SshdOptions, version: SshVersion): SshdSaying | undefined => {
  const command = options.get('authorizedkeyscommand')?.[0];
  if (command && command.values[0]?.toLowerCase() !== 'none' && !options.has('authorizedkeyscommanduser'))
    return command;
  const methods = options.get('authenticationmethods')?.[0];
  return methods && methodLists(options, version)?.length === 0 ? methods : undefined;
};

interface Circumstances {
  readonly connection: SshdConnection | undefined;
  readonly holds: (line: SshdLine) => boolean;
}

interface Pass extends Circumstances {
  readonly version: SshVersion;
  readonly release: string | undefined;
  readonly options: Map<SshdKeyword, SshdSaying[]>;
  readonly undecided: Set<SshdLine>;
  readonly faults: SshdFault[];
  isActive: boolean;
}

/** How an included file is read: Match blocks alone, everything, or for its mistakes alone. */
type Reading = 'match-only' | 'all' | 'nothing';

const runPass = ({ items, version, program }: SshdConfiguration, circumstances: Circumstances): Pass => {
  const isAtStart = circumstances.connection === undefined;
  const release = program?.release?.split(' ', 1)[0];
  const pass: Pass = {
    ...circumstances,
    ...{ version, release, options: new Map(), undecided: new Set(), faults: [], isActive: isAtStart },
  };
  runItems(pass, items, isAtStart ? 'all' : 'match-only');
  return pass;
};

const runItems = (pass: Pass, items: readonly SshdItem[], from: Reading): void => {
  let reading = from;
  for (const { line, included } of items) {
    if (line.fault !== undefined) addFault(pass, line);
    else if (line.keyword === 'match') {
      pass.isActive = reading !== 'nothing' && fits(pass, line, pass.connection);
      if (reading === 'nothing') fits(pass, line, undefined);
      if (reading === 'match-only') reading = 'all';
    } else if (line.keyword === 'include' && pass.version >= 802) {
      if (line.values.length === 0 || line.values.includes('')) addFault(pass, line);
      const wasActive = pass.isActive;
      for (const file of included) {
        runItems(pass, file, reading === 'match-only' ? 'match-only' : wasActive ? 'all' : 'nothing');
        pass.isActive = wasActive;
      }
    } else runSetting(pass, line);
  }
};

const fits = (pass: Pass, line: SshdLine, connection: SshdConnection | undefined): boolean => {
  const verdict = matchVerdict(line, pass.version, connection, pass.release);
  if (verdict === 'bad') addFault(pass, line);
  if (verdict !== 'depends') return verdict === 'yes';
  if (connection !== undefined) pass.undecided.add(line);
  return pass.holds(line);
};

const runSetting = (pass: Pass, line: SshdLine): void => {
  const fault = takeSetting(pass, line);
  if (fault !== undefined) addFault(pass, line, fault);
};

const takeSetting = (pass: Pass, line: SshdLine): SshdFault['kind'] | undefined => {
  const { version, isActive, options } = pass;
  const keyword = judgedKeyword(line.keyword, version);
  if (keyword === undefined && !isKnownKeyword(line.keyword)) return 'unknown-keyword';
  // At login what is no part of a Match has been read already.
  if (!isActive && !isMatchable(line.keyword, version)) return pass.connection === undefined ? 'wrong' : undefined;
  if (keyword === undefined) return undefined;
  const values = valuesOf(keyword, line);
  if (values === undefined) return 'wrong';
  const sayings = options.get(keyword) ?? [];
  // From 8.7 to 9.6 `any` had to be the only line of AuthenticationMethods, too.
  const isAnyAgain = keyword === 'authenticationmethods' && values[0] === 'any' && sayings.length > 0;
  if (isAnyAgain && version >= aliasSince && version < 907) return 'wrong';
  const isTaken = isActive && (sayings.length === 0 || isList(keyword)) && values.length > 0;
  if (isTaken) options.set(keyword, [...sayings, { line, values }]);
  return undefined;
};

const addFault = ({ faults }: Pass, line: SshdLine, kind: SshdFault['kind'] = 'wrong'): void => {
  if (faults.length < mostFaults) faults.push({ ...placeOf(line), kind });
};

const placeOf = ({ path, line, keyword, text }: SshdLine) => ({
  ...{ path, line, text: `${keyword} ${text}`.slice(0, longestText) },
});

const mostFaults = 100;
const longestText = 100;
