import { decodeBytes } from '../../../formats/bytes.ts';
import type { Tree, TreePath } from '../../../model/tree.ts';
import { kindAt, listIfPossible, readIfPossible } from '../../look.ts';
import { join } from '../../paths.ts';

/** As Debian and as everybody else calls the service. */
const units = ['ssh', 'sshd'];
const own = 'etc/systemd/system';
const shipped = ['usr/lib/systemd/system', 'lib/systemd/system'];

/** A service of the SSH server that nothing starts. */
export interface IdleUnit {
  readonly unit: string;
  /** Raspberry Pi OS starts it at a boot for which a file called ssh lies on the boot partition. */
  readonly hasSwitch: boolean;
}

/**
 * The service of the SSH server, where systemd has one and nothing starts it: neither enabled nor waiting behind a
 * socket, or masked (systemctl(1), enable). Undefined where it starts, and where that cannot be told: a system that never
 * ran enables its services at its first boot (systemd.preset(5)).
 */
export const idleUnit = async (tree: Tree, home: TreePath): Promise<IdleUnit | undefined> => {
  const has = async (folders: readonly string[], name: string) => {
    for (const folder of folders) if ((await kindAt(tree, join(home, `${folder}/${name}`))) === 'file') return true;
    return false;
  };
  const there: string[] = [];
  for (const unit of units) if (await has([...shipped, own], `${unit}.service`)) there.push(unit);
  const [first] = there;
  if (first === undefined || !(await hasRun(tree, home))) return undefined;
  const idle = { unit: `${first}.service`, hasSwitch: await has(shipped, 'sshswitch.service') };
  if (await kindAt(tree, join(home, 'etc/ssh/sshd_not_to_be_run'))) return idle;
  const wanted = new Set<string>();
  for (const folder of [own, ...shipped])
    for (const { name } of await listIfPossible(tree, join(home, folder)))
      if (/\.(wants|requires)$/.test(name))
        for (const entry of await listIfPossible(tree, join(home, `${folder}/${name}`))) wanted.add(entry.name);
  const isStarted = units.some((unit) => wanted.has(`${unit}.service`) || wanted.has(`${unit}.socket`));
  return isStarted ? undefined : idle;
};

/** machine-id(5): empty or `uninitialized` until the first boot. */
const hasRun = async (tree: Tree, home: TreePath): Promise<boolean> => {
  const bytes = await readIfPossible(tree, join(home, 'etc/machine-id'));
  return bytes !== undefined && /^[0-9a-f]{32}\s*$/.test(decodeBytes(bytes));
};

/** Options on sshd's command line that say more than its files, and where they stand. */
export interface StartOptions {
  readonly path: TreePath;
  readonly line: number;
  readonly options: string;
}

const optionFiles = ['etc/default/ssh', 'etc/sysconfig/sshd', 'etc/conf.d/sshd'];

/** `-o` and `-f` win over sshd_config (sshd(8)). Undefined where the server is started without them. */
export const startOptions = async (tree: Tree, home: TreePath): Promise<StartOptions | undefined> => {
  const files = optionFiles.map((file) => join(home, file));
  for (const unit of units) {
    const folder = join(home, `${own}/${unit}.service.d`);
    for (const { name } of await listIfPossible(tree, folder))
      if (name.endsWith('.conf')) files.push(join(folder, name));
  }
  for (const path of files) {
    const bytes = await readIfPossible(tree, path);
    const lines = decodeBytes(bytes ?? new Uint8Array()).split('\n');
    const at = lines.findIndex((line) => /^\s*(SSHD?_OPTS|OPTIONS|command_args|ExecStart)=.*\s?-[of]/i.test(line));
    if (at >= 0) return { path, line: at + 1, options: (lines[at] ?? '').trim().slice(0, longestShown) };
  }
  return undefined;
};

const longestShown = 100;
