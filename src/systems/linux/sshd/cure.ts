import { decodeBytes, encodeBytes } from '../../../formats/bytes.ts';
import { parseSshdConfig } from '../../../formats/sshd-config.ts';
import type { AmendingEdit } from '../../../model/edit.ts';
import type { Cure } from '../../../model/finding.ts';
import type { TreePath } from '../../../model/tree.ts';
import { blocksOf, type SshAccount, type SshBlock } from './access.ts';
import type { SshdConfiguration, SshdItem, SshdLine } from './configuration.ts';
import { faultOf } from './evaluate.ts';
import type { SshdUser } from './match.ts';
import { scenariosFor } from './scenarios.ts';

/** Whom a cure lets in. */
export interface CuredUser extends SshdUser {
  readonly primaryGroup: string | undefined;
}

/** Names that need no quotes in sshd_config, and are no pattern there. */
const plainName = /^[\w][\w.-]*$/;

/**
 * A block of its own for the account, in front of all others in the file whose line shuts the door: nothing changes for
 * anybody else. Or, where a list of those who may not names him, the list without him. Undefined where neither would open
 * the door: what it comes to is looked at first.
 */
export const cureOf = (
  configuration: SshdConfiguration,
  block: SshBlock,
  user: CuredUser,
  account: SshAccount,
): Cure | undefined => {
  if (!plainName.test(user.name)) return undefined;
  const edit = block.kind === 'denied' ? removal(block, user.name) : addition(configuration, block, user);
  if (edit === undefined || !opens(configuration, edit, block, user, account)) return undefined;
  return { edits: [edit], isOwnLock: block.kind !== 'setting' };
};

const addition = (configuration: SshdConfiguration, block: SshBlock, user: CuredUser): AmendingEdit | undefined => {
  const setting = settingFor(block, user);
  if (setting === undefined) return undefined;
  const path = block.line && isInMatch(configuration, block.line) ? block.line.path : configuration.path;
  const effects = [{ kind: 'open-ssh', user: user.name, setting }] as const;
  return { kind: 'amend', path, amend: (content) => withBlock(content, `Match User ${user.name}`, setting), effects };
};

/** What opens it for one account. */
const settingFor = ({ kind, text }: SshBlock, { name, primaryGroup }: CuredUser): string | undefined => {
  const [keyword = ''] = text.split(' ', 1);
  if (kind === 'methods') return 'AuthenticationMethods any';
  if (kind === 'not-allowed') {
    if (keyword === 'AllowUsers') return `AllowUsers ${name}`;
    return primaryGroup !== undefined && plainName.test(primaryGroup) ? `AllowGroups ${primaryGroup}` : undefined;
  }
  const switches = ['PasswordAuthentication', 'PubkeyAuthentication', 'PermitRootLogin'];
  return kind === 'setting' && switches.includes(keyword) ? `${keyword} yes` : undefined;
};

/** In front of the first Match: everything behind that belongs to one, so a new one ends where it begins. */
const withBlock = (content: Uint8Array, head: string, setting: string): Uint8Array => {
  const text = decodeBytes(content);
  const lines = text.split('\n');
  const first = lines.findIndex((line) => /^[ \t]*match[ \t=]/i.test(line));
  const block = [head, `\t${setting}`];
  if (first < 0) return encodeBytes(`${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${block.join('\n')}\n`);
  if (lines[first]?.trim() === head && lines[first + 1]?.trim() === setting) return content;
  return encodeBytes([...lines.slice(0, first), ...block, ...lines.slice(first)].join('\n'));
};

/** The list without the name, and without the line where it was the only one. */
const removal = ({ line }: SshBlock, name: string): AmendingEdit | undefined => {
  if (line === undefined || !line.values.includes(name)) return undefined;
  const effects = [{ kind: 'leave-list', user: name, list: line.keyword }] as const;
  const amend = (content: Uint8Array) => {
    const lines = decodeBytes(content).split('\n');
    const at = lines.findIndex((each) =>
      new RegExp(`^\\s*${line.keyword}\\b.*\\s${literal(name)}(\\s|$)`, 'i').test(each),
    );
    const found = lines[at];
    if (found === undefined) return content;
    const shorter = found.replace(new RegExp(`\\s+${literal(name)}(?=\\s|$)`), '');
    const isEmpty = /^\s*[a-z]+\s*(#.*)?$/i.test(shorter);
    return encodeBytes([...lines.slice(0, at), ...(isEmpty ? [] : [shorter]), ...lines.slice(at + 1)].join('\n'));
  };
  return { kind: 'amend', path: line.path, amend, effects };
};

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Whether a line belongs to a Match, in its own file or around the Include that leads to it. */
const isInMatch = ({ items }: SshdConfiguration, wanted: SshdLine): boolean => {
  const find = (among: readonly SshdItem[], isInside: boolean): boolean | undefined => {
    let inside = isInside;
    for (const { line, included } of among) {
      if (line.keyword === 'match') inside = true;
      if (line.path === wanted.path && line.line === wanted.line) return inside;
      for (const file of included) {
        const found = find(file, inside);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  };
  return find(items, false) ?? false;
};

/** Whether the block is gone when the file is amended, and sshd starts with it. */
const opens = (
  configuration: SshdConfiguration,
  edit: AmendingEdit,
  block: SshBlock,
  user: SshdUser,
  account: SshAccount,
): boolean => {
  const content = configuration.contents.get(edit.path);
  if (!content) return false;
  const amended = parseSshdConfig(edit.amend(content), configuration.version);
  const lines = amended.map((setting) => ({ ...setting, path: edit.path }));
  const changed = { ...configuration, items: withFile(configuration, edit.path, lines) };
  if (faultOf(changed)?.kind === 'wrong' && faultOf(configuration)?.kind !== 'wrong') return false;
  const connection = { user };
  const left = scenariosFor(changed, connection).evaluations.flatMap(({ options }) =>
    blocksOf(options, configuration.version, connection, account),
  );
  const shuts = (door: string) =>
    left.some(
      ({ kind, text, doors }) => kind === block.kind && text === block.text && doors.some((each) => each === door),
    );
  return !block.doors.some(shuts);
};

/** The same items, with other lines for one file; what it includes stays. */
const withFile = (
  { path: main, items }: SshdConfiguration,
  path: TreePath,
  lines: readonly SshdLine[],
): readonly SshdItem[] => {
  const replace = (file: TreePath, among: readonly SshdItem[]): readonly SshdItem[] => {
    const includes = among.filter(({ line }) => line.keyword === 'include');
    const kept = among.map(({ line, included }) => ({
      ...{ line, included: included.map((each) => replace(each[0]?.line.path ?? '', each)) },
    }));
    if (file !== path) return kept;
    let next = 0;
    return lines.map((line) => {
      const included = line.keyword === 'include' ? (includes[next++]?.included ?? []) : [];
      return { line, included: included.map((each) => replace(each[0]?.line.path ?? '', each)) };
    });
  };
  return replace(main, items);
};
