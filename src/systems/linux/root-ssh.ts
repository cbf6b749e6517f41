import type { Tree, TreePath } from '../../model/tree.ts';
import { readSshdConfiguration } from './sshd/configuration.ts';
import { decideSetting, type SshdUser } from './sshd/settings.ts';

/**
 * Whether sshd refuses the password of an account with user id 0: PermitRootLogin, prohibit-password by default since
 * OpenSSH 7.0 (sshd_config(5)). False where no sshd is configured at all.
 */
export const refusesRootPassword = async (tree: Tree, home: TreePath, root: SshdUser): Promise<boolean> => {
  const lines = await readSshdConfiguration(tree, home);
  return lines !== undefined && decideSetting(lines, 'permitrootlogin', root).line?.values[0]?.toLowerCase() !== 'yes';
};
