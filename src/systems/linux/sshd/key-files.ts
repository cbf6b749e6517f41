import type { PasswdEntry } from '../../../formats/passwd.ts';
import type { TreePath } from '../../../model/tree.ts';
import { isPath, join } from '../../paths.ts';
import type { SshdOptions } from './options.ts';

/** sshd's own (sshd_config(5), AuthorizedKeysFile). */
const usualFiles = ['.ssh/authorized_keys', '.ssh/authorized_keys2'];

/** Where sshd looks for somebody's keys, in order; nowhere with `none`. @param home of the system in the tree */
export const keyFilesOf = (
  options: SshdOptions | undefined,
  home: TreePath,
  user: PasswdEntry,
): readonly TreePath[] => {
  const patterns = options?.get('authorizedkeysfile')?.[0]?.values ?? usualFiles;
  if (patterns.length === 1 && patterns[0]?.toLowerCase() === 'none') return [];
  return patterns.flatMap((pattern) => {
    const file = expand(pattern, user);
    const inside = file.startsWith('/') ? file : `${user.home}/${file}`;
    return isPath(inside) ? [join(home, inside.slice(1))] : [];
  });
};

/** The tokens of AuthorizedKeysFile: %% %h %u %U (sshd_config(5), TOKENS); `~/` is root's home, who reads the file. */
const expand = (pattern: string, { home, name, uid }: PasswdEntry): string =>
  pattern.replace(/^~\//, '/root/').replace(/%([%huU])/g, (_, token: string) => {
    if (token === 'h') return home;
    if (token === 'u') return name;
    return token === 'U' ? String(uid) : '%';
  });
