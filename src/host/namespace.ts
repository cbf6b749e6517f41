import { mkdir, readFile, rmdir } from 'node:fs/promises';
import { type Mount, parseMountinfo } from '../formats/mountinfo.ts';
import { type Companion, run, start } from './commands.ts';

/**
 * Where volumes are mounted, seen from inside: a folder that every kernel has, that nobody needs here, and that hides
 * no source. So nothing has to be made on the machine itself, and nothing can be left behind on it.
 */
const mountsFolder = '/proc/driver';

/** One mount in the namespace. */
export interface PrivateMount {
  /** Its root folder, as our own process reaches it. */
  readonly root: string;
  /** The kernel's own account of it: the device (a loop device, for images) and whether it is writable. */
  readonly facts: Mount;
  /** @throws RescueError tool-failed while something in it is still open */
  unmount(): Promise<void>;
}

/**
 * A mount namespace of our own, so that no mount is ever left behind. A keeper process holds it open; its stdin is a
 * pipe from us. When we end, on whatever way, it reads the end of the pipe and ends too, and the kernel unmounts
 * everything and frees the loop devices.
 */
export interface Namespace extends AsyncDisposable {
  /** Mounts with mount(8)'s arguments (options, then the source); the mount point is ours. @throws RescueError tool-failed */
  mount(args: readonly string[]): Promise<PrivateMount>;
}

/** Starts the namespace at the first mount. Needs root. */
export const createNamespace = (): Namespace => {
  let keeper: Promise<Companion> | undefined;
  let count = 0;

  const mount = async (args: readonly string[]): Promise<PrivateMount> => {
    keeper ??= startKeeper();
    const { pid } = await keeper;
    const mountPoint = `${mountsFolder}/${++count}`;
    const root = `/proc/${pid}/root${mountPoint}`;
    await mkdir(root);
    const unmount = async () => {
      await runInside(pid, 'umount', [mountPoint]);
      await rmdir(root);
    };
    try {
      await runInside(pid, 'mount', [...args, mountPoint]);
      return { root, facts: await factsOf(pid, mountPoint), unmount };
    } catch (error) {
      await rmdir(root);
      throw error;
    }
  };

  const end = async () => {
    const ending = keeper;
    keeper = undefined;
    await (await ending)?.end();
  };

  return { mount, [Symbol.asyncDispose]: end };
};

/**
 * Propagation `slave`: what the machine unmounts goes away here too (else we would keep a stick busy), while nothing
 * that we mount is seen outside.
 */
const startKeeper = async (): Promise<Companion> => {
  // cat echoes only after unshare has done its work; before that, a mount would land on the machine itself.
  const keeper = await start('unshare', ['--mount', '--propagation', 'slave', '--', 'cat']);
  await runInside(keeper.pid, 'mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=0700', 'sparekey', mountsFolder]);
  return keeper;
};

const runInside = (pid: number, tool: 'mount' | 'umount', args: readonly string[]) =>
  run('nsenter', ['--target', String(pid), '--mount', '--root', '--', tool, '--no-mtab', ...args]);

const factsOf = async (pid: number, mountPoint: string): Promise<Mount> => {
  const mounts = parseMountinfo(await readFile(`/proc/${pid}/mountinfo`));
  const facts = mounts.findLast((mount) => mount.mountPoint === mountPoint);
  if (facts === undefined) throw new Error(`mounted, but not in mountinfo: ${mountPoint}`);
  return facts;
};
