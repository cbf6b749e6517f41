import type { Tree, TreePath } from '../../../model/tree.ts';
import { kindAt, listIfPossible } from '../../look.ts';
import { join } from '../../paths.ts';

/** As Debian and as everybody else calls the service. */
const units = ['ssh', 'sshd'];
const shippedIn = ['usr/lib/systemd/system', 'lib/systemd/system', 'etc/systemd/system'];
const enabledIn = 'etc/systemd/system';

/**
 * The service of the SSH server, where systemd has one and nothing starts it: neither enabled nor waiting behind a
 * socket, or masked (systemctl(1), enable). Undefined where it starts, and where that cannot be told.
 */
export const unitNotStarted = async (tree: Tree, home: TreePath): Promise<string | undefined> => {
  const there: string[] = [];
  for (const folder of shippedIn)
    for (const unit of units)
      if (!there.includes(unit) && (await kindAt(tree, join(home, `${folder}/${unit}.service`))) === 'file')
        there.push(unit);
  const [first] = there;
  if (first === undefined) return undefined;
  if (await kindAt(tree, join(home, 'etc/ssh/sshd_not_to_be_run'))) return `${first}.service`;
  const wanted = new Set<string>();
  for (const { name } of await listIfPossible(tree, join(home, enabledIn)))
    if (/\.(wants|requires)$/.test(name))
      for (const entry of await listIfPossible(tree, join(home, `${enabledIn}/${name}`))) wanted.add(entry.name);
  // Raspberry Pi OS starts it at every boot for which a file called ssh lies on the boot partition.
  const isStarted = units.some((unit) => wanted.has(`${unit}.service`) || wanted.has(`${unit}.socket`));
  return isStarted ? undefined : `${first}.service`;
};
