import type { Door, Finding, FindingBase } from '../../../model/finding.ts';
import type { TreePath } from '../../../model/tree.ts';
import { kindAt, readIfPossible } from '../../look.ts';
import { join } from '../../paths.ts';
import { groupsOf } from '../account-files.ts';
import { blocksOf, type SshBlock } from '../sshd/access.ts';
import type { SshdConfiguration } from '../sshd/configuration.ts';
import { cureOf } from '../sshd/cure.ts';
import { faultOf } from '../sshd/evaluate.ts';
import { keyFilesOf } from '../sshd/key-files.ts';
import type { SshdConnection } from '../sshd/match.ts';
import { type SshdOptions, settingOf } from '../sshd/options.ts';
import { scenariosFor } from '../sshd/scenarios.ts';
import { keyFileFault, ownGroupTest } from '../sshd/strict-modes.ts';
import { idleUnit, startOptions } from '../sshd/unit.ts';
import { isDebians } from '../sshd/version.ts';
import { type AccountSubject, inTree, type LinuxSubject } from './subject.ts';

const both: readonly Door[] = ['ssh-password', 'ssh-key'];

/** What keeps everybody out over SSH. */
export const checkSshServer = async (subject: LinuxSubject): Promise<readonly Finding[]> => {
  const { tree, home, sshd: configuration } = subject;
  if (!configuration) return await checkOtherServer(subject);
  const found: Finding[] = [];
  const base = { doors: both, isShut: true, certainty: 'certain' } as const;
  const { path, excess, program } = configuration;
  if (excess === 'deep') found.push({ ...base, path, id: 'sshd-config-loop', code: 'sshd-config-loop', details: {} });
  if (excess === 'much') {
    const code = 'sshd-config-large';
    found.push({ ...base, path, certainty: 'possible', id: code, code, details: {} });
  }
  const fault = faultOf(configuration);
  if (fault) {
    const { text, line } = fault;
    const isSure = program?.version !== undefined;
    const certainty = fault.kind === 'unknown-keyword' ? 'possible' : isSure ? 'certain' : 'likely';
    const code = 'sshd-config-broken';
    found.push({ ...base, path: fault.path, line, certainty, id: code, code, details: { text } });
  }
  const idle = await idleUnit(tree, home);
  if (idle !== undefined) {
    const code = 'ssh-not-started';
    found.push({ ...base, certainty: 'likely', id: code, code, details: idle });
  }
  const start = await startOptions(tree, home);
  if (start !== undefined) {
    const code = 'ssh-start-options';
    const there = { path: start.path, line: start.line, certainty: 'possible' } as const;
    found.push({ ...base, ...there, id: code, code, details: { options: start.options } });
  }
  return found;
};

/** Servers whose rules are not known here. */
const otherServers = ['usr/sbin/dropbear', 'sbin/dropbear', 'usr/sbin/tinysshd'];

const checkOtherServer = async ({ tree, home }: LinuxSubject): Promise<readonly Finding[]> => {
  const program = await findOtherServer({ tree, home });
  if (program === undefined) return [];
  const code = 'ssh-other-server';
  return [{ id: code, code, doors: both, isShut: true, certainty: 'possible', path: program, details: { program } }];
};

/** An SSH server that is not OpenSSH's. */
export const findOtherServer = async ({
  tree,
  home,
}: Pick<LinuxSubject, 'tree' | 'home'>): Promise<TreePath | undefined> => {
  for (const place of otherServers) if (await kindAt(tree, join(home, place))) return join(home, place);
  return undefined;
};

/** What keeps one account out over SSH, as sshd would decide it. */
export const checkSsh = async (subject: AccountSubject): Promise<readonly Finding[]> => {
  const { files, credential, sshd: configuration } = subject;
  if (!configuration) return [];
  const { passwd, field } = credential;
  const connection: SshdConnection = { user: { name: passwd.name, groups: groupsOf(files, passwd) } };
  const { evaluations } = scenariosFor(configuration, connection);
  const { version } = configuration;
  const isRedHat = await isEarlyRedHats(subject, configuration);
  const sets = evaluations.map(({ options }) => blocksOf(options, version, connection, passwd));
  const found = merge(sets).map(({ block, isAlways }) =>
    findingOf(subject, configuration, block, isAlways && !(isRedHat && block.line === undefined)),
  );
  const options = evaluations[0]?.options ?? new Map();
  if (settingOf(options, 'usepam', version) !== 'yes' && field.startsWith('!')) {
    const base = {
      id: 'ssh-locked',
      code: 'ssh-locked',
      doors: ['ssh-key'],
      isShut: true,
      certainty: 'certain',
    } as const;
    found.push({ ...base, path: files.shadowPath, details: { user: passwd.name } });
  }
  const keys = await checkKeyFiles(subject, options, isDebians(configuration.program));
  return [...found, ...forcedCommand(subject, options), ...keys];
};

/**
 * Red Hat's and Fedora's own builds let root in by default until 8.0 (Fedora 31): what their sshd does where no line says
 * otherwise is not known from here.
 */
const isEarlyRedHats = async ({ tree, home }: LinuxSubject, { version }: SshdConfiguration): Promise<boolean> =>
  version <= 800 && (await kindAt(tree, join(home, 'etc/redhat-release'))) === 'file';

/** Each block once, and whether it is there whatever the connection. */
const merge = (sets: readonly (readonly SshBlock[])[]) => {
  const seen = new Map<string, { readonly block: SshBlock; count: number }>();
  for (const block of sets.flat()) {
    const key = JSON.stringify([block.kind, block.doors, block.text, block.line?.path, block.line?.line]);
    const known = seen.get(key);
    if (known) known.count++;
    else seen.set(key, { block, count: 1 });
  }
  return [...seen.values()].map(({ block, count }) => ({
    ...{ block, isAlways: count === sets.length && block.kind !== 'perhaps' },
  }));
};

const findingOf = (
  { files, credential: { passwd } }: AccountSubject,
  configuration: SshdConfiguration,
  block: SshBlock,
  isAlways: boolean,
): Finding => {
  const user = passwd.name;
  const { doors, line, text: setting, kind } = block;
  const { program } = configuration;
  const isKnown = line !== undefined || program?.version !== undefined;
  const certainty = isAlways ? (isKnown ? 'certain' : 'likely') : 'possible';
  const place = line ? { path: line.path, line: line.line } : { path: configuration.path };
  const primaryGroup = files.groups.find(({ gid }) => gid === passwd.gid)?.name;
  const who = { name: user, groups: groupsOf(files, passwd), primaryGroup };
  const cure = isAlways ? cureOf(configuration, block, who, passwd) : undefined;
  const base: Omit<FindingBase, 'id'> = { ...place, doors, isShut: true, certainty, ...(cure && { cure }) };
  const id = `ssh-${setting.split(' ', 1)[0]?.toLowerCase()}`;
  if (kind === 'setting') return { ...base, id, code: 'ssh-setting', details: { user, setting } };
  if (kind === 'methods') return { ...base, id: 'ssh-methods', code: 'ssh-methods', details: { user, setting } };
  const isDenied = kind === 'denied' || setting.startsWith('Deny');
  return { ...base, id, code: 'ssh-list', details: { user, setting, isDenied } };
};

const forcedCommand = ({ credential: { passwd } }: AccountSubject, options: SshdOptions): readonly Finding[] => {
  const saying = options.get('forcecommand')?.[0];
  const command = saying?.values[0] ?? 'none';
  if (!saying || command.toLowerCase() === 'none') return [];
  const { path, line } = saying.line;
  const base = { path, line, doors: both, isShut: false, certainty: 'certain', id: 'ssh-forced-command' } as const;
  return [{ ...base, code: 'ssh-forced-command', details: { user: passwd.name, command } }];
};

/** Whether sshd reads the keys that are there. */
const checkKeyFiles = async (
  subject: AccountSubject,
  options: SshdOptions,
  isDebian: boolean,
): Promise<readonly Finding[]> => {
  const { tree, home, files, credential } = subject;
  const { passwd } = credential;
  const user = passwd.name;
  const userHome = inTree(subject, passwd.home);
  if (userHome === undefined) return [];
  const isStrict = options.get('strictmodes')?.[0]?.values[0] !== 'no';
  const gids = files.groups
    .filter(({ gid, members }) => gid === passwd.gid || members.includes(user))
    .map(({ gid }) => gid);
  const owner = {
    ...{ passwd, gids: [passwd.gid, ...gids], userHome },
    isOwnGroup: isDebian ? ownGroupTest(files, passwd.uid) : undefined,
  };
  const found: Finding[] = [];
  for (const file of keyFilesOf(options, home, passwd)) {
    if (!(await holdsKeys(subject, file))) continue;
    const fault = await keyFileFault(tree, file, owner, isStrict);
    if (!fault) return [];
    const base = { path: fault.path, doors: ['ssh-key'], isShut: true, certainty: 'certain' } as const;
    if (fault.kind === 'unreadable')
      found.push({ ...base, id: 'ssh-keys-unreadable', code: 'ssh-keys-unreadable', details: { user, file } });
    else {
      const details = { user, file, isFolder: fault.path !== file };
      found.push({ ...base, id: 'ssh-keys-loose', code: 'ssh-keys-loose', details });
    }
  }
  return found.slice(0, 1);
};

/** A line that is no comment (sshd(8), AUTHORIZED_KEYS FILE FORMAT). */
const holdsKeys = async ({ tree }: Pick<AccountSubject, 'tree'>, path: string): Promise<boolean> => {
  const bytes = await readIfPossible(tree, path);
  return (
    bytes !== undefined &&
    Buffer.from(bytes)
      .toString('latin1')
      .split('\n')
      .some((line) => /^[ \t]*[^\s#]/.test(line))
  );
};

/** Whether a key of somebody's can be let in at all: one stands where sshd looks, or a program is asked for them. */
export const hasKeys = async (subject: AccountSubject): Promise<boolean> => {
  const { home, files, credential, sshd: configuration } = subject;
  if (!configuration) return false;
  const { passwd } = credential;
  const connection = { user: { name: passwd.name, groups: groupsOf(files, passwd) } };
  for (const { options } of scenariosFor(configuration, connection).evaluations) {
    const command = options.get('authorizedkeyscommand')?.[0]?.values[0];
    if (command !== undefined && command.toLowerCase() !== 'none') return true;
    for (const file of keyFilesOf(options, home, passwd)) if (await holdsKeys(subject, file)) return true;
  }
  return false;
};
