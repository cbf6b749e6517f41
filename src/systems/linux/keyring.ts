import type { Tree, TreePath } from '../../model/tree.ts';
import { kindAt } from '../look.ts';
import { isPath, join } from '../paths.ts';

/** What in a home stays closed to a new password: eCryptfs, GNOME's login keyring, KDE's wallet. */
const keptClosed = [
  '.ecryptfs/wrapped-passphrase',
  '.local/share/keyrings/login.keyring',
  '.local/share/kwalletd/kdewallet.kwl',
];

/** Whether the home holds something that only the old password opens. */
export const keepsOldPassword = async (tree: Tree, home: TreePath, userHome: string): Promise<boolean> => {
  if (!isPath(userHome)) return false;
  for (const file of keptClosed) {
    if (await kindAt(tree, join(home, `${userHome.slice(1)}/${file}`))) return true;
  }
  return false;
};
