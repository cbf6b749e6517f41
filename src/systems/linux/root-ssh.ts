import type { Tree, TreePath } from '../../model/tree.ts';
import { readSshdConfiguration } from './sshd/configuration.ts';
import { evaluateSshd } from './sshd/evaluate.ts';
import type { SshdUser } from './sshd/match.ts';
import { settingOf } from './sshd/options.ts';

/**
 * Whether sshd refuses the password of an account with user id 0: PermitRootLogin, prohibit-password by default since
 * OpenSSH 7.0 (sshd_config(5)). False where no sshd is configured at all.
 */
export const refusesRootPassword = async (tree: Tree, home: TreePath, root: SshdUser): Promise<boolean> => {
  const configuration = await readSshdConfiguration(tree, home);
  if (configuration === undefined) return false;
  const { options } = evaluateSshd(configuration, { user: root });
  return settingOf(options, 'permitrootlogin', configuration.version) !== 'yes';
};
