import { setTimeout as sleep } from 'node:timers/promises';
import { RescueError } from '../model/errors.ts';
import type { Volume } from '../model/storage.ts';
import { outputOfFailure } from './commands.ts';
import { type Driver, driverFor } from './filesystems.ts';
import { createNamespace, type PrivateMount } from './namespace.ts';

/** A volume's root folder, until disposed. */
export interface MountedVolume extends AsyncDisposable {
  readonly root: string;
}

/** Mounts volumes where nobody else sees them. */
export interface Mounts extends AsyncDisposable {
  /** Strictly read-only. @throws RescueError cannot-mount, no-loop-device, need-root */
  look(volume: Volume): Promise<MountedVolume>;
  /** @throws RescueError cannot-mount, no-loop-device, read-only-device, need-root; on disposal cannot-unmount */
  lease(volume: Volume): Promise<MountedVolume>;
}

/** Nothing on a stranger's disk is a device, a setuid program or a program of ours. */
const always = ['nodev', 'nosuid', 'noexec'];

interface Shared {
  users: number;
  readonly mount: Promise<PrivateMount>;
}

export const createMounts = (): Mounts => {
  const namespace = createNamespace();
  const looks = new Map<string, Shared>();

  const mountLook = (volume: Volume) => {
    const options = [...always, 'ro', 'loop', ...rangeOptions(volume), ...needDriver(volume).lookOptions];
    return mountPatiently(volume, () => namespace.mount(mountArgs(volume, options)));
  };

  const look = async (volume: Volume): Promise<MountedVolume> => {
    assertRoot();
    // One mount for all who look at the same time: a second loop device over the same bytes would be refused.
    const key = `${volume.offsetBytes} ${volume.path}`;
    const shared = looks.get(key) ?? { users: 0, mount: mountLook(volume) };
    looks.set(key, shared);
    shared.users += 1;
    const leave = async () => {
      shared.users -= 1;
      if (shared.users > 0) return false;
      looks.delete(key);
      return true;
    };
    try {
      const { root, unmount } = await shared.mount;
      return {
        root,
        [Symbol.asyncDispose]: once(async () => ((await leave()) ? unmountPatiently(volume, unmount) : undefined)),
      };
    } catch (error) {
      await leave();
      throw error;
    }
  };

  const lease = async (volume: Volume): Promise<MountedVolume> => {
    assertRoot();
    const { leaseOptions } = needDriver(volume);
    if (leaseOptions === undefined) throw new RescueError('read-only-device', { selector: volume.selector });
    // A device is mounted itself: its own caches and locks, and no loop device between it and the flush.
    const isWhole = volume.kind === 'device' && volume.offsetBytes === 0;
    const options = [...always, 'rw', ...(isWhole ? [] : ['loop', ...rangeOptions(volume)]), ...leaseOptions];
    const { root, facts, unmount } = await mountPatiently(volume, () =>
      namespace.mount(['--read-write', ...mountArgs(volume, options)]),
    );
    const release = once(() => unmountPatiently(volume, unmount));
    if (!facts.options.includes('rw')) {
      await release();
      throw new RescueError('read-only-device', { selector: volume.selector });
    }
    return { root, [Symbol.asyncDispose]: release };
  };

  return { look, lease, [Symbol.asyncDispose]: () => namespace[Symbol.asyncDispose]() };
};

/** @throws RescueError cannot-mount */
const needDriver = ({ selector, filesystem }: Volume): Driver => {
  const driver = driverFor(filesystem?.type);
  if (driver) return driver;
  throw new RescueError('cannot-mount', { selector, output: `no driver for ${filesystem?.type ?? 'unknown content'}` });
};

const assertRoot = (): void => {
  if (process.geteuid?.() !== 0) throw new RescueError('need-root', {});
};

const mountArgs = (volume: Volume, options: readonly string[]): readonly string[] => [
  ...['-t', needDriver(volume).name, '-o', options.join(',')],
  ...['--source', volume.path, '--target'],
];

const rangeOptions = ({ offsetBytes, sizeBytes }: Volume): readonly string[] =>
  offsetBytes > 0 ? [`offset=${offsetBytes}`, `sizelimit=${sizeBytes}`] : [];

const patienceMs = 3000;
const pauseMs = 50;

/** Loop devices are freed a moment after the unmount, and others on the machine use them too. */
const mountPatiently = async (volume: Volume, mount: () => Promise<PrivateMount>): Promise<PrivateMount> => {
  const { selector } = volume;
  for (let waitedMs = 0; ; waitedMs += pauseMs) {
    try {
      return await mount();
    } catch (error) {
      const output = outputOfFailure(error);
      if (output === undefined) throw error;
      const isOverlap = /overlapping loop device/.test(output);
      const isExhausted = /failed to setup loop device|could not find any free loop/i.test(output);
      if (!(isOverlap || isExhausted) || waitedMs >= patienceMs) throw refusalOf(selector, output, error);
      await sleep(pauseMs);
    }
  }
};

const refusalOf = (selector: string, output: string, cause: unknown): RescueError => {
  if (/overlapping loop device/.test(output))
    return new RescueError('volume-in-use', { selector, mountPoints: [] }, { cause });
  if (/failed to setup loop device|free loop/i.test(output)) return new RescueError('no-loop-device', {}, { cause });
  if (/write-protected|Read-only file system/.test(output))
    return new RescueError('read-only-device', { selector }, { cause });
  return new RescueError('cannot-mount', { selector, output }, { cause });
};

/** Somebody may be reading the last bytes still. */
const unmountPatiently = async ({ selector }: Volume, unmount: () => Promise<void>): Promise<void> => {
  for (let waitedMs = 0; ; waitedMs += pauseMs) {
    try {
      return await unmount();
    } catch (error) {
      const output = outputOfFailure(error);
      if (output === undefined || waitedMs >= patienceMs)
        throw new RescueError('cannot-unmount', { selector, output: output ?? '' }, { cause: error });
      await sleep(pauseMs);
    }
  }
};

/** However often it is disposed, it is given back once. */
const once = (action: () => Promise<void>): (() => Promise<void>) => {
  let done: Promise<void> | undefined;
  return () => (done ??= action());
};
