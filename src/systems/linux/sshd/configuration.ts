import { matchesGlob } from '../../../formats/glob.ts';
import { parseSshdConfig, type SshdSetting } from '../../../formats/sshd-config.ts';
import type { Tree, TreePath } from '../../../model/tree.ts';
import { listIfPossible, readIfPossible } from '../../look.ts';
import { isPath, join, parentOf } from '../../paths.ts';

/** A setting, where it stands, and the Match blocks around it, outermost first: the arguments of each. */
export interface SshdLine extends SshdSetting {
  readonly path: TreePath;
  readonly matches: readonly (readonly string[])[];
}

/** sshd itself gives up beyond 16 (servconf.c, SERVCONF_MAX_DEPTH). */
const deepestInclude = 16;
/** Files and settings read in all: a stranger's includes may multiply. */
const filesRead = 100;
const settingsRead = 10_000;

/** Where sshd_config stands; the second is where openSUSE keeps the one that it ships. */
const places = ['etc/ssh/sshd_config', 'usr/etc/ssh/sshd_config'];

/**
 * All settings of a system's sshd in the order in which it reads them, included files where their Include stands
 * (sshd_config(5)). Undefined where no sshd is configured.
 */
export const readSshdConfiguration = async (tree: Tree, home: TreePath): Promise<readonly SshdLine[] | undefined> => {
  for (const place of places) {
    const path = join(home, place);
    if (!(await readIfPossible(tree, path))) continue;
    const reading: Reading = { tree, home, filesLeft: filesRead, lines: [] };
    await readFile(reading, path, [], 0);
    return reading.lines;
  }
  return undefined;
};

interface Reading {
  readonly tree: Tree;
  readonly home: TreePath;
  filesLeft: number;
  readonly lines: SshdLine[];
}

/** A Match in an included file ends with that file. */
const readFile = async (
  reading: Reading,
  path: TreePath,
  around: SshdLine['matches'],
  depth: number,
): Promise<void> => {
  if (depth > deepestInclude || reading.filesLeft-- <= 0) return;
  const bytes = await readIfPossible(reading.tree, path);
  let matches = around;
  for (const setting of bytes ? parseSshdConfig(bytes) : []) {
    if (reading.lines.length >= settingsRead) return;
    if (setting.keyword === 'match') matches = [...around, setting.values];
    else if (setting.keyword !== 'include') reading.lines.push({ ...setting, path, matches });
    else
      for (const pattern of setting.values.slice(0, filesRead))
        for (const included of await expand(reading, pattern)) await readFile(reading, included, matches, depth + 1);
  }
};

/** The files that an Include names, in the order of glob(7): only its last part may hold `*` or `?`, as they all do. */
const expand = async ({ tree, home, filesLeft }: Reading, pattern: string): Promise<readonly TreePath[]> => {
  const inner = pattern.startsWith('/') ? pattern : `/etc/ssh/${pattern}`;
  if (filesLeft <= 0 || !isPath(inner)) return [];
  const path = join(home, inner.slice(1));
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (!/[*?]/.test(name)) return [path];
  const folder = parentOf(path);
  const names = (await listIfPossible(tree, folder)).map((entry) => entry.name);
  return names
    .filter((each) => !each.startsWith('.') && matchesGlob(each, name))
    .sort()
    .map((each) => join(folder, each));
};
