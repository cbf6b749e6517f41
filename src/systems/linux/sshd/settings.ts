import { matchesGlob } from '../../../formats/glob.ts';
import type { SshdLine } from './configuration.ts';

/** Somebody who logs in, with the names of all groups that he is in. */
export interface SshdUser {
  readonly name: string;
  readonly groups: readonly string[];
}

/** `depends`: on where the connection comes from, or to which address it goes. */
export type MatchVerdict = 'yes' | 'no' | 'depends';

/** Which line decides a keyword for a user, and which lines decide it instead for some connections. */
export interface SshdDecision {
  readonly line: SshdLine | undefined;
  readonly conditional: readonly SshdLine[];
}

/**
 * The line that counts for a keyword whose first value counts, as most do: the first one in a Match block that fits,
 * or else the first one outside (servconf.c, parse_server_match_config).
 */
export const decideSetting = (lines: readonly SshdLine[], keyword: string, user: SshdUser): SshdDecision => {
  const conditional: SshdLine[] = [];
  const named = lines.filter((line) => line.keyword === keyword);
  for (const line of named) {
    if (line.matches.length === 0) continue;
    const verdict = isInForce(line, user);
    if (verdict === 'yes') return { line, conditional };
    if (verdict === 'depends') conditional.push(line);
  }
  return { line: named.find(({ matches }) => matches.length === 0), conditional };
};

/** Whether a line's Match blocks all fit a user. */
export const isInForce = ({ matches }: SshdLine, user: SshdUser): MatchVerdict =>
  worst(matches.map((values) => matchVerdict(values, user)));

const worst = (verdicts: readonly MatchVerdict[]): MatchVerdict => {
  if (verdicts.includes('no')) return 'no';
  return verdicts.includes('depends') ? 'depends' : 'yes';
};

/** The arguments of one Match: criteria and patterns in turn, or `all` (sshd_config(5)). */
const matchVerdict = (values: readonly string[], user: SshdUser): MatchVerdict => {
  // `User=bob` is the same as `User bob`.
  const words = values.flatMap((value) => (/^[a-z]+=/i.test(value) ? splitOnce(value) : [value]));
  const verdicts: MatchVerdict[] = [];
  for (let at = 0; at < words.length; at += 2) {
    const criterion = (words[at] ?? '').toLowerCase();
    if (criterion === 'all') return words.length === 1 ? 'yes' : 'no';
    verdicts.push(criterionVerdict(criterion, words[at + 1], user));
  }
  return verdicts.length === 0 ? 'no' : worst(verdicts);
};

const splitOnce = (text: string): readonly string[] => {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
};

const connectionCriteria = new Set(['host', 'address', 'localaddress', 'localport', 'rdomain']);

/** What sshd does not know it refuses as a whole, so nothing is said to be in force by it. */
const criterionVerdict = (criterion: string, patterns: string | undefined, user: SshdUser): MatchVerdict => {
  if (patterns === undefined) return 'no';
  if (criterion === 'user') return matchesList([user.name], patterns) ? 'yes' : 'no';
  if (criterion === 'group') return matchesList(user.groups, patterns) ? 'yes' : 'no';
  if (connectionCriteria.has(criterion)) return patterns === '*' ? 'yes' : 'depends';
  return 'no';
};

/** Patterns between commas; one that begins with `!` and fits vetoes the others (ssh_config(5), PATTERNS). */
export const matchesList = (names: readonly string[], patterns: string): boolean => {
  const all = patterns.split(',');
  const fits = (pattern: string) => names.some((name) => matchesGlob(name, pattern));
  if (all.some((pattern) => pattern.startsWith('!') && fits(pattern.slice(1)))) return false;
  return all.some((pattern) => !pattern.startsWith('!') && fits(pattern));
};
