import { namesSudoer, parseSudoers, type Sudoer, type SudoersEntry } from '../../formats/sudoers.ts';
import type { Tree, TreePath } from '../../model/tree.ts';
import { listIfPossible, readIfPossible } from '../look.ts';
import { isPath, join } from '../paths.ts';

/** What sudo lets somebody do as root, and where it asks for another password than his own. */
export interface SudoStanding {
  readonly mayAll: boolean;
  readonly otherPassword?: { readonly path: TreePath; readonly line: number };
}

const filesRead = 100;
const deepestInclude = 16;
/** openSUSE keeps what it ships in the second. */
const places = ['etc/sudoers', 'usr/etc/sudoers'];

/** By the rules in the system’s own files. Undefined where there is no sudo. */
export const readSudoStanding = async (tree: Tree, home: TreePath, who: Sudoer): Promise<SudoStanding | undefined> => {
  for (const place of places) {
    const entries: Placed[] = [];
    const reading = { tree, home, entries, filesLeft: filesRead };
    if (!(await readSudoers(reading, join(home, place), 0))) continue;
    const aliases = new Map(
      entries.flatMap(({ entry }) => (entry.kind === 'alias' ? [[entry.name, entry.members]] : [])),
    );
    let mayAll = false;
    let otherPassword: SudoStanding['otherPassword'];
    for (const { entry, path } of entries) {
      if (entry.kind === 'rule' && namesSudoer(entry.users, aliases, who)) mayAll = entry.allowsAll || mayAll;
      if (entry.kind === 'other-password') otherPassword = { path, line: entry.line };
    }
    return { mayAll, ...(otherPassword && { otherPassword }) };
  }
  return undefined;
};

interface Placed {
  readonly entry: SudoersEntry;
  readonly path: TreePath;
}

interface Reading {
  readonly tree: Tree;
  readonly home: TreePath;
  readonly entries: Placed[];
  filesLeft: number;
}

const readSudoers = async (reading: Reading, path: TreePath, depth: number): Promise<boolean> => {
  if (depth > deepestInclude || reading.filesLeft-- <= 0) return false;
  const bytes = await readIfPossible(reading.tree, path);
  if (!bytes) return false;
  for (const entry of parseSudoers(bytes)) {
    if (entry.kind !== 'include' && entry.kind !== 'includedir') {
      reading.entries.push({ entry, path });
      continue;
    }
    const inside = entry.path.startsWith('/') ? entry.path : `/etc/${entry.path}`;
    if (!isPath(inside)) continue;
    const at = join(reading.home, inside.slice(1));
    if (entry.kind === 'include') await readSudoers(reading, at, depth + 1);
    // Names with a dot, and those that end in ~, are passed over (sudoers(5)).
    else
      for (const name of (await listIfPossible(reading.tree, at)).map((each) => each.name).sort())
        if (!name.includes('.') && !name.endsWith('~')) await readSudoers(reading, join(at, name), depth + 1);
  }
  return true;
};
