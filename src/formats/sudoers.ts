import { decodeBytes } from './bytes.ts';

/** One entry of sudoers(5): what is included there, or who may run what. */
export type SudoersEntry =
  | { readonly kind: 'include' | 'includedir'; readonly path: string }
  | { readonly kind: 'alias'; readonly name: string; readonly members: readonly string[] }
  | { readonly kind: 'rule'; readonly users: readonly string[]; readonly allowsAll: boolean; readonly line: number }
  /** Another password than one's own is asked for: root's, or that of whom one becomes. */
  | { readonly kind: 'other-password'; readonly line: number };

/** The entries that say who may; hosts are taken for the machine's own. */
export const parseSudoers = (bytes: Uint8Array): readonly SudoersEntry[] => {
  const entries: SudoersEntry[] = [];
  let pending = '';
  let start = 0;
  for (const [index, raw] of decodeBytes(bytes).split('\n').entries()) {
    if (pending === '') start = index + 1;
    if (raw.endsWith('\\')) {
      pending += `${raw.slice(0, -1)} `;
      continue;
    }
    entries.push(...parseLine(pending + raw, start));
    pending = '';
  }
  return entries;
};

const parseLine = (raw: string, line: number): readonly SudoersEntry[] => {
  const [, kind, path] = /^\s*[#@](include|includedir)\s+"?([^"]+?)"?\s*$/.exec(raw) ?? [];
  if (kind !== undefined && path !== undefined) return [{ kind: kind as 'include', path }];
  // `#1000` is a user id; any other `#` begins a comment.
  const text = raw.replace(/(^|[^\\])#(?!\d).*$/, '$1').trim();
  if (text === '') return [];
  if (/^Defaults\b/.test(text))
    return /(^|[\s,])(targetpw|rootpw|runaspw)\b/.test(text) ? [{ kind: 'other-password', line }] : [];
  const [, aliases] = /^User_Alias\s+(.*)$/.exec(text) ?? [];
  if (aliases !== undefined)
    return aliases.split(/\s*:\s*/).flatMap((each): SudoersEntry[] => {
      const [name, members] = each.split(/\s*=\s*/, 2);
      return name !== undefined && members !== undefined
        ? [{ kind: 'alias', name: name.trim(), members: words(members) }]
        : [];
    });
  if (/^(Cmnd|Cmd|Host|Runas)_Alias\b/.test(text)) return [];
  const [, left, right] = /^([^=]*?)=(.*)$/.exec(text) ?? [];
  if (left === undefined || right === undefined) return [];
  // Before the `=`: users, and behind the last blank the hosts.
  const [, users = ''] = /^(.*\S)\s+\S+\s*$/.exec(left) ?? [];
  return users === '' ? [] : [{ kind: 'rule', users: words(users), allowsAll: endsInAll(right), line }];
};

const words = (list: string): readonly string[] =>
  (list.match(/!?(?:"[^"]*"|[^,\s"]+(?:\\ [^,\s]+)*)/g) ?? []).map((word) =>
    word.replaceAll('"', '').replace(/\\(.)/g, '$1'),
  );

/** The last command that names everything, allowed or taken back, decides. */
const endsInAll = (commands: string): boolean => {
  const named = commands
    .replace(/\([^)]*\)/g, '')
    .split(/[\s,:]+/)
    .filter((word) => /^!?ALL$/.test(word));
  return named.at(-1) === 'ALL';
};

/** Somebody whom rules may name. */
export interface Sudoer {
  readonly name: string;
  readonly uid: number;
  readonly groups: readonly { readonly name: string; readonly gid: number }[];
}

/** Whether a list of users, groups and aliases names him; of several that do the last one counts. */
export const namesSudoer = (
  tokens: readonly string[],
  aliases: ReadonlyMap<string, readonly string[]>,
  who: Sudoer,
  depth = 0,
): boolean => {
  let isNamed = false;
  for (const token of tokens) {
    const isTakenBack = token.startsWith('!');
    const word = isTakenBack ? token.slice(1) : token;
    const members = depth < 10 ? aliases.get(word) : undefined;
    const fits = members ? namesSudoer(members, aliases, who, depth + 1) : wordFits(word, who);
    if (fits) isNamed = !isTakenBack;
  }
  return isNamed;
};

const wordFits = (word: string, { name, uid, groups }: Sudoer): boolean => {
  if (word === 'ALL' || word === name || word === `#${uid}`) return true;
  return groups.some((group) => word === `%${group.name}` || word === `%#${group.gid}`);
};
