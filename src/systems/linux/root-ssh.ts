import { parseSshdConfig } from '../../formats/sshd-config.ts';
import type { Tree, TreePath } from '../../model/tree.ts';
import { listIfPossible, readIfPossible } from '../look.ts';
import { isPath, join, parentOf } from '../paths.ts';

/** sshd itself gives up beyond 16 (servconf.c, SERVCONF_MAX_DEPTH). */
const deepestInclude = 16;
/** Files read in all: a stranger's includes may multiply. */
const filesRead = 100;

/**
 * Whether sshd refuses root's password: PermitRootLogin, prohibit-password by default since OpenSSH 7.0
 * (sshd_config(5)). False where no sshd is configured at all.
 */
export const refusesRootPassword = async (tree: Tree, home: TreePath): Promise<boolean> => {
  const configuration = { tree, home, filesLeft: filesRead };
  const path = join(home, 'etc/ssh/sshd_config');
  if (!(await readIfPossible(tree, path))) return false;
  return (await findPermission(configuration, path, 0)) !== 'yes';
};

interface Configuration {
  readonly tree: Tree;
  readonly home: TreePath;
  filesLeft: number;
}

/** The first PermitRootLogin of a file, with what it includes read where the Include stands. */
const findPermission = async (
  configuration: Configuration,
  path: TreePath,
  depth: number,
): Promise<string | undefined> => {
  if (depth > deepestInclude || configuration.filesLeft-- <= 0) return undefined;
  const bytes = await readIfPossible(configuration.tree, path);
  for (const { keyword, values } of bytes ? parseSshdConfig(bytes) : []) {
    if (keyword === 'permitrootlogin') return values[0]?.toLowerCase();
    if (keyword !== 'include') continue;
    for (const included of await expandAll(configuration, values)) {
      const found = await findPermission(configuration, included, depth + 1);
      if (found !== undefined) return found;
    }
  }
  return undefined;
};

const expandAll = async (configuration: Configuration, patterns: readonly string[]): Promise<readonly TreePath[]> =>
  (await Promise.all(patterns.map((pattern) => expand(configuration, pattern)))).flat();

/** The files that an Include names, in the order of glob(7): only its last part may hold `*` or `?`, as they all do. */
const expand = async ({ tree, home }: Configuration, pattern: string): Promise<readonly TreePath[]> => {
  const inner = pattern.startsWith('/') ? pattern : `/etc/ssh/${pattern}`;
  if (!isPath(inner)) return [];
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

/** Greedy with one point of return, so that no pattern of a stranger's takes more than length times length. */
const matchesGlob = (text: string, pattern: string): boolean => {
  let [at, inPattern, star, retry] = [0, 0, -1, 0];
  while (at < text.length) {
    const wanted = pattern[inPattern];
    if (wanted === '*') {
      star = inPattern++;
      retry = at;
    } else if (wanted === '?' || wanted === text[at]) {
      at++;
      inPattern++;
    } else if (star >= 0) {
      inPattern = star + 1;
      at = ++retry;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(inPattern));
};
