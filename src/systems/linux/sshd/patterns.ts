import { matchesGlob } from '../../../formats/glob.ts';
import { isInNetwork, parseIpAddress, parseIpNetwork } from '../../../formats/ip-network.ts';

/** Of a list of patterns: one fits, none does, or one that begins with `!` does and vetoes the others. */
export type ListVerdict = 'fits' | 'no' | 'vetoed';

/** Longer patterns fit nothing (match.c, match_pattern_list). */
const longestPattern = 1023;

/** Patterns between commas (ssh_config(5), PATTERNS). */
export const matchList = (text: string, patterns: string): ListVerdict => {
  let verdict: ListVerdict = 'no';
  const list = patterns.split(',');
  if (list.at(-1) === '') list.pop();
  for (const each of list) {
    const isNegated = each.startsWith('!');
    const pattern = isNegated ? each.slice(1) : each;
    if (pattern.length >= longestPattern) return 'no';
    if (!matchesGlob(text, pattern)) continue;
    if (isNegated) return 'vetoed';
    verdict = 'fits';
  }
  return verdict;
};

/** The same for the names of somebody's groups: a veto for one of them is one for all. */
export const matchGroups = (groups: readonly string[], patterns: string): boolean => {
  const verdicts = groups.map((group) => matchList(group, patterns));
  return verdicts.includes('fits') && !verdicts.includes('vetoed');
};

/** Host names are compared without case. */
export const matchHost = (host: string, patterns: string): ListVerdict =>
  matchList(host.toLowerCase(), patterns.toLowerCase());

/** Whether each entry is an address, a network that is one, or a pattern (addrmatch.c, addr_match_list). */
export const isValidAddressList = (list: string): boolean =>
  list.split(',').every((each) => {
    const entry = withoutSign(each);
    return entry !== '' && parseIpNetwork(entry) !== 'inconsistent';
  });

/** An address against addresses, networks and patterns between commas. */
export const matchAddress = (address: string, list: string): ListVerdict => {
  const parsed = parseIpAddress(address);
  if (!parsed) return 'no';
  let verdict: ListVerdict = 'no';
  for (const each of list.split(',')) {
    const entry = withoutSign(each);
    const network = parseIpNetwork(entry);
    const fits =
      network === undefined || network === 'inconsistent' ? matchesGlob(address, entry) : isInNetwork(parsed, network);
    if (!fits) continue;
    if (each.startsWith('!')) return 'vetoed';
    verdict = 'fits';
  }
  return verdict;
};

const withoutSign = (entry: string): string => (entry.startsWith('!') ? entry.slice(1) : entry);
