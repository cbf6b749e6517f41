import { isPathGlob, matchesPathGlob, unescapeGlob } from '../../../formats/path-glob.ts';
import { parseSshdConfig, type SshdSetting, type SshVersion } from '../../../formats/sshd-config.ts';
import type { Tree, TreePath } from '../../../model/tree.ts';
import { listIfPossible, readIfPossible, statusIfPossible } from '../../look.ts';
import { isPath, join } from '../../paths.ts';
import { readSshdProgram, type SshdProgram } from './version.ts';

/** A setting, and where it stands. */
export interface SshdLine extends SshdSetting {
  readonly path: TreePath;
}

/** A line with the files that it includes, in order. */
export interface SshdItem {
  readonly line: SshdLine;
  readonly included: readonly (readonly SshdItem[])[];
}

/** All that a system's sshd reads. */
export interface SshdConfiguration {
  readonly path: TreePath;
  /** Undefined where a configuration stands, and no program. */
  readonly program: SshdProgram | undefined;
  /** The rules by which it was read: the program's, or a newer one's. */
  readonly version: SshVersion;
  readonly items: readonly SshdItem[];
  /** The files that were read, whole. */
  readonly contents: ReadonlyMap<TreePath, Uint8Array>;
  /** More than is looked at; or files that include one another, with which sshd does not start. */
  readonly excess: 'much' | 'deep' | undefined;
}

/** sshd itself gives up beyond 16 (servconf.c, SERVCONF_MAX_DEPTH). */
const deepestInclude = 16;
/** Files and settings read in all: a stranger's includes may multiply. */
const filesRead = 100;
const settingsRead = 10_000;
/** The rules of most releases in use, where the program does not say which it is. */
const usualVersion: SshVersion = 902;
/** Include came with 8.2. */
const includeSince: SshVersion = 802;

/** Where sshd_config stands; the second is where openSUSE keeps the one that it ships. */
const places = ['etc/ssh/sshd_config', 'usr/etc/ssh/sshd_config'];

/** Undefined where no sshd is configured. */
export const readSshdConfiguration = async (tree: Tree, home: TreePath): Promise<SshdConfiguration | undefined> => {
  for (const place of places) {
    const path = join(home, place);
    if (!(await readIfPossible(tree, path))) continue;
    const program = await readSshdProgram(tree, home);
    const version = program?.version ?? usualVersion;
    const budget = { filesLeft: filesRead, settingsLeft: settingsRead };
    const reading: Reading = { tree, home, version, files: new Map(), contents: new Map(), ...budget };
    const items = await readItems(reading, path, 0);
    return { path, program, version, items, contents: reading.contents, excess: reading.excess };
  }
  return undefined;
};

interface Reading {
  readonly tree: Tree;
  readonly home: TreePath;
  readonly version: SshVersion;
  /** What was parsed already. */
  readonly files: Map<TreePath, readonly SshdSetting[]>;
  readonly contents: Map<TreePath, Uint8Array>;
  filesLeft: number;
  settingsLeft: number;
  excess?: 'much' | 'deep';
}

const readItems = async (reading: Reading, path: TreePath, depth: number): Promise<readonly SshdItem[]> => {
  if (depth > deepestInclude) reading.excess ??= 'deep';
  else if (reading.filesLeft-- <= 0) reading.excess ??= 'much';
  if (reading.excess !== undefined) return [];
  const items: SshdItem[] = [];
  for (const setting of await settingsIn(reading, path)) {
    if (reading.settingsLeft-- <= 0) reading.excess ??= 'much';
    if (reading.excess !== undefined) break;
    const included: (readonly SshdItem[])[] = [];
    if (setting.keyword === 'include' && reading.version >= includeSince)
      for (const pattern of setting.values.slice(0, filesRead))
        for (const file of await expand(reading, pattern)) included.push(await readItems(reading, file, depth + 1));
    items.push({ line: { ...setting, path }, included });
  }
  return items;
};

const settingsIn = async (
  { tree, files, contents, version }: Reading,
  path: TreePath,
): Promise<readonly SshdSetting[]> => {
  const known = files.get(path);
  if (known) return known;
  const bytes = await readIfPossible(tree, path);
  const settings = bytes ? parseSshdConfig(bytes, version) : [];
  files.set(path, settings);
  if (bytes) contents.set(path, bytes);
  return settings;
};

/** The files that an Include names, in the order of glob(3). */
const expand = async (reading: Reading, pattern: string): Promise<readonly TreePath[]> => {
  const inner = pattern.startsWith('/') ? pattern : `/etc/ssh/${pattern}`;
  if (reading.filesLeft <= 0 || !isPath(inner) || pattern.startsWith('~')) return [];
  let found: readonly string[] = [''];
  for (const part of inner.split('/').filter((each) => each !== '')) {
    const next: string[] = [];
    for (const folder of found.slice(0, filesRead))
      next.push(...(await namesFor(reading, folder, part)).map((name) => `${folder}/${name}`));
    found = next;
  }
  // It compares whole paths, byte by byte.
  const paths = [...found].sort(byText).map((path) => join(reading.home, path.slice(1)));
  const existing = [];
  for (const path of paths.slice(0, filesRead)) if (await statusIfPossible(reading.tree, path)) existing.push(path);
  return existing;
};

const namesFor = async ({ tree, home }: Reading, folder: string, part: string): Promise<readonly string[]> => {
  if (!isPathGlob(part)) return [unescapeGlob(part)];
  const entries = await listIfPossible(tree, folder === '' ? home : join(home, folder.slice(1)));
  return entries.map((entry) => entry.name).filter((name) => matchesPathGlob(name, part));
};

const byText = (one: string, other: string): number => (one < other ? -1 : 1);
