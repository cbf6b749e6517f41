import { mkdir, readFile, rmdir } from 'node:fs/promises';
import { type Mount, parseMountinfo } from '../../formats/mountinfo.ts';
import { run, start } from '../process/commands.ts';

/**
 * Where volumes are mounted, seen from inside: a folder that every kernel has, that nobody needs here, and that hides
 * no source. So nothing has to be made on the machine itself, and nothing can be left behind on it.
 */
const mountsFolder = '/proc/driver';

/** One mount in a keeper's namespace. */
export interface PrivateMount {
  /** Its root folder, as our own process reaches it. */
  readonly root: string;
  /** The kernel's own account of it: the device (a loop device, for images) and whether it is writable. */
  readonly facts: Mount;
  /** @throws RescueError tool-failed while something in it is still open */
  unmount(): Promise<void>;
}

/**
 * A process that holds a mount namespace open. Its stdin is a pipe from us: when we end, on whatever way, it reads the
 * end of the pipe and ends too, and the kernel unmounts everything and frees the loop devices.
 */
export interface Keeper {
  /** Mounts with mount(8)'s arguments (options, then the source); the mount point is ours. @throws RescueError tool-failed */
  mount(args: readonly string[]): Promise<PrivateMount>;
  end(): Promise<void>;
}

/** Starts a keeper. Needs root. @throws RescueError tool-missing, tool-failed */
export const startKeeper = async (): Promise<Keeper> => {
  // Propagation `slave`: what the machine unmounts goes away here too (else we would keep a stick busy), while nothing
  // that we mount is seen outside. cat echoes only when all this is done; before, a mount would land on the machine.
  const prepare = `mount --no-mtab -t tmpfs -o size=64k,mode=0700 sparekey ${mountsFolder} && exec cat`;
  const { pid, end } = await start('unshare', ['--mount', '--propagation', 'slave', '--', 'sh', '-c', prepare]);
  const inside = (tool: 'mount' | 'umount', args: readonly string[]) =>
    run('nsenter', ['--target', String(pid), '--mount', '--root', '--', tool, '--no-mtab', ...args]);

  let count = 0;
  const mount = async (args: readonly string[]): Promise<PrivateMount> => {
    count += 1;
    const mountPoint = `${mountsFolder}/${count}`;
    const root = `/proc/${pid}/root${mountPoint}`;
    const unmount = async () => {
      await inside('umount', [mountPoint]);
      await rmdir(root);
    };
    await mkdir(root);
    try {
      await inside('mount', [...args, mountPoint]);
      return { root, facts: await factsOf(pid, mountPoint), unmount };
    } catch (error) {
      await rmdir(root);
      throw error;
    }
  };
  return { mount, end };
};

const factsOf = async (pid: number, mountPoint: string): Promise<Mount> => {
  const mounts = parseMountinfo(await readFile(`/proc/${pid}/mountinfo`));
  const facts = mounts.findLast((mount) => mount.mountPoint === mountPoint);
  if (facts === undefined) throw new Error(`mounted, but not in mountinfo: ${mountPoint}`);
  return facts;
};
