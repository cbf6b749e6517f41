import { existsSync } from 'node:fs';
import { RescueError } from '../../model/errors.ts';
import type { Volume } from '../../model/storage.ts';
import { outputOfFailure } from '../process/commands.ts';
import { patiently } from '../process/patience.ts';
import { createShared, once } from '../process/shared.ts';
import { type Driver, driverFor, optionsForLease, optionsForLook } from './filesystems.ts';
import type { PrivateMount } from './keeper.ts';
import { createNamespace } from './namespace.ts';

/** A volume's root folder, until disposed. */
export interface MountedVolume extends AsyncDisposable {
  readonly root: string;
  /** What is mounted, often a loop device over it: major:minor. */
  readonly device: string;
  /** The path of that device. */
  readonly source: string;
}

/** Mounts volumes where nobody else sees them. */
export interface Mounts extends AsyncDisposable {
  /**
   * Strictly read-only, through a loop device that passes no write on.
   * @param options instead of those that the driver is given for a look
   * @throws RescueError cannot-mount, no-loop-device, need-root
   */
  look(volume: Volume, options?: readonly string[]): Promise<MountedVolume>;
  /**
   * The folder of the volume that is mounted where no subvolume is named; undefined for file systems without that choice.
   * @param mounted what `look` made of the volume @throws RescueError cannot-mount
   */
  defaultFolder(volume: Volume, mounted: MountedVolume): Promise<string | undefined>;
  /** A writable stand-in for the volume: its journal is replayed in it. @throws RescueError cannot-mount, need-root */
  lookThrough(volume: Volume, device: string): Promise<MountedVolume>;
  /** @throws RescueError cannot-mount, no-loop-device, read-only-device, need-root; on disposal cannot-unmount */
  lease(volume: Volume): Promise<MountedVolume>;
}

export const createMounts = (): Mounts => {
  const namespace = createNamespace();
  const share = createShared<PrivateMount>();

  const look = async (volume: Volume, asked = needDriver(volume).lookOptions): Promise<MountedVolume> => {
    assertRoot();
    const options = [...optionsForLook(needDriver(volume), asked), 'loop', ...rangeOptions(volume)];
    // One mount for all who look at the same time: a second loop device over the same bytes would be refused.
    const { value, leave } = await share(`${asked.join()} ${volume.offsetBytes} ${volume.path}`, {
      open: () => mountPatiently(volume, () => namespace.mount(mountArgs(volume, options))),
      close: ({ unmount }) => unmountPatiently(volume, unmount),
    });
    return { ...factsOf(value), [Symbol.asyncDispose]: leave };
  };

  const lookThrough = async (volume: Volume, device: string): Promise<MountedVolume> => {
    assertRoot();
    const driver = needDriver(volume);
    const options = optionsForLook(driver, driver.replayOptions ?? []);
    const mounted = await mountPatiently(volume, () =>
      namespace.mount(mountArgs({ ...volume, path: device }, options)),
    );
    const { unmount } = mounted;
    return { ...factsOf(mounted), [Symbol.asyncDispose]: once(() => unmountPatiently(volume, unmount)) };
  };

  const defaultFolder = async (volume: Volume, { source }: MountedVolume): Promise<string | undefined> => {
    const driver = needDriver(volume);
    if (driver.defaultOptions === undefined) return undefined;
    const options = optionsForLook(driver, driver.defaultOptions);
    const { facts, unmount } = await mountPatiently(volume, () =>
      namespace.mount(mountArgs({ ...volume, path: source }, options)),
    );
    await unmountPatiently(volume, unmount);
    return facts.root;
  };

  const lease = async (volume: Volume): Promise<MountedVolume> => {
    assertRoot();
    const driven = optionsForLease(needDriver(volume));
    if (driven === undefined) throw new RescueError('read-only-device', { selector: volume.selector });
    // A device is mounted itself: its own caches and locks, and no loop device between it and the flush.
    const isWhole = volume.kind === 'device' && volume.offsetBytes === 0;
    const options = [...driven, ...(isWhole ? [] : ['loop', ...rangeOptions(volume)])];
    const mount = () => namespace.mount(['--read-write', ...mountArgs(volume, options)]);
    const mounted = await mountPatiently(volume, mount, isWhole ? undefined : writeProtected);
    const { facts, unmount } = mounted;
    const release = once(() => unmountPatiently(volume, unmount));
    if (!facts.options.includes('rw')) {
      await release();
      throw new RescueError('read-only-device', { selector: volume.selector });
    }
    return { ...factsOf(mounted), [Symbol.asyncDispose]: release };
  };

  return { look, defaultFolder, lookThrough, lease, [Symbol.asyncDispose]: () => namespace[Symbol.asyncDispose]() };
};

const factsOf = ({ root, facts: { device, source } }: PrivateMount) => ({ root, device, source });

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

/** Behind a squashfs there may be another volume in the same partition, which a loop device over all of it would be in the way of. */
const rangeOptions = ({ offsetBytes, sizeBytes, filesystem }: Volume): readonly string[] =>
  offsetBytes > 0 || filesystem?.type === 'squashfs' ? [`offset=${offsetBytes}`, `sizelimit=${sizeBytes}`] : [];

/** mount's words for a loop device over the same bytes, and for none being free. */
const overlap = /overlapping loop device/;
const noLoop = /failed to setup loop device|free loop/i;
/** What cannot be written; or, through a loop device, what another run looks at just now, whose loop device mount takes. */
const writeProtected = /write-protected|Read-only file system/;

/** Loop devices are freed a moment after the unmount, and others on the machine use them too. */
const mountPatiently = async (
  volume: Volume,
  mount: () => Promise<PrivateMount>,
  alsoPassing?: RegExp,
): Promise<PrivateMount> => {
  const isPassing = (error: unknown) => {
    const output = outputOfFailure(error) ?? '';
    return [overlap, noLoop, alsoPassing].some((words) => words?.test(output)) && existsSync(volume.path);
  };
  try {
    return await patiently(mount, isPassing);
  } catch (error) {
    throw refusalOf(volume, error);
  }
};

const refusalOf = ({ selector, path }: Volume, error: unknown): unknown => {
  const output = outputOfFailure(error);
  if (output === undefined) return error;
  const options = { cause: error };
  if (!existsSync(path)) return new RescueError('source-missing', { path }, options);
  if (overlap.test(output)) return new RescueError('volume-in-use', { selector, mountPoints: [] }, options);
  if (noLoop.test(output)) return new RescueError('no-loop-device', {}, options);
  if (writeProtected.test(output)) {
    return new RescueError('read-only-device', { selector }, options);
  }
  return new RescueError('cannot-mount', { selector, output }, options);
};

/** Somebody may be reading the last bytes still. */
const unmountPatiently = async ({ selector }: Volume, unmount: () => Promise<void>): Promise<void> => {
  try {
    await patiently(unmount, (error) => outputOfFailure(error)?.includes('busy') ?? false);
  } catch (error) {
    const output = outputOfFailure(error);
    throw output === undefined ? error : new RescueError('cannot-unmount', { selector, output }, { cause: error });
  }
};
