import { RescueError } from '../../model/errors.ts';
import type { Disk, Look, Source, Storage, Volume } from '../../model/storage.ts';
import { findDevice, isDisk, listDisks } from '../disks/devices.ts';
import { type FoundDisk, identifyAll } from '../disks/identity.ts';
import { surveyDisk } from '../disks/survey-devices.ts';
import { surveyFolder } from '../disks/survey-folders.ts';
import { surveyImage } from '../disks/survey-images.ts';
import { findOurDisks } from '../medium/identity.ts';
import { driverFor } from '../mounts/filesystems.ts';
import { kernelHasDriver } from '../mounts/kernel-drivers.ts';
import { createMounts } from '../mounts/mounts.ts';
import { run } from '../process/commands.ts';
import { openWithoutMount } from '../recovery/ext/view.ts';
import { createTree } from '../tree/tree.ts';
import { createWritableTree } from '../tree/writable-tree.ts';
import type { Writing } from '../tree/writing.ts';
import { assertLeasable } from './lease-checks.ts';
import { identify } from './source.ts';
import { createStacks, type Stacks } from './stacks/stacks.ts';
import { createVolumeLocks } from './volume-lock.ts';

export interface StorageOptions {
  /** The file with the identity of the medium that this machine was started from. */
  readonly ownIdentity?: string;
  /** Called before each primitive step of writing. */
  readonly onStep?: Writing['onStep'];
}

export interface HostStorage extends Storage, AsyncDisposable {
  /** Gives back the disks of RAIDs, groups and encrypted volumes; what is done again does no harm. */
  takeDown(): Promise<void>;
}

/** The disks of this machine, its image files and folders. Dispose it to leave nothing mounted. */
export const createStorage = (options: StorageOptions = {}): HostStorage => {
  const { onStep = () => {}, ownIdentity } = options;
  const mounts = createMounts();
  const stacks = createStacks();
  const locks = createVolumeLocks(stacks.rootsOf);
  let lookable: ReadonlySet<string> = new Set();
  return {
    survey: async (sources) => {
      const disks = await survey(sources, stacks);
      lookable = await lookableTypes(disks);
      return await markOurs(disks, ownIdentity);
    },
    addKeys: stacks.addKeys,
    identify,
    canLook: ({ kind, filesystem, raidMember }) =>
      kind === 'folder' || (raidMember === undefined && lookable.has(filesystem?.type ?? '')),
    look: async (volume) => {
      await locks.waitForWriter(volume);
      if (volume.kind === 'folder') return { tree: createTree(volume.path), [Symbol.asyncDispose]: async () => {} };
      if (volume.kind === 'device' && (await locks.holds(volume))) await forget(volume);
      const mounted = await mounts.look(volume).catch((error) => lookWithoutMount(volume, error));
      if ('tree' in mounted) return mounted;
      const asksForDefault = driverFor(volume.filesystem?.type)?.defaultOptions !== undefined;
      return {
        tree: createTree(mounted.root),
        ...(asksForDefault && { defaultFolder: async () => (await mounts.defaultFolder(volume, mounted)) ?? '/' }),
        [Symbol.asyncDispose]: () => mounted[Symbol.asyncDispose](),
      };
    },
    lock: locks.lock,
    lease: async (asked) => {
      const isLocked = await locks.holds(asked);
      await using held = new AsyncDisposableStack();
      const volume = stacks.holds(asked)
        ? held.use(await stacks.forWriting(asked, (leg) => assertLeasable(leg, isLocked))).volume
        : asked;
      await assertLeasable(volume, isLocked);
      const root = volume.kind === 'folder' ? volume.path : held.use(await mounts.lease(volume)).root;
      const giveBack = held.move();
      return {
        tree: createWritableTree({ root, onStep }),
        [Symbol.asyncDispose]: () => giveBack[Symbol.asyncDispose](),
      };
    },
    takeDown: async () => await stacks[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: async () => {
      await mounts[Symbol.asyncDispose]();
      await stacks[Symbol.asyncDispose]();
    },
  };
};

/** An image of ext needs neither root nor a loop device. @throws what became of mounting it */
const lookWithoutMount = async (volume: Volume, error: unknown): Promise<Look> => {
  const own = await openWithoutMount(volume, error);
  if (own === undefined) throw error;
  return { tree: own.tree, [Symbol.asyncDispose]: () => own[Symbol.asyncDispose]() };
};

/**
 * A look reads a device through its cache, which a mounted file system writes past, and which stays as long as anybody
 * has the device open: our lock does. (blockdev(8), --flushbufs)
 */
const forget = async ({ path }: Volume): Promise<void> => void (await run('blockdev', ['--flushbufs', path]));

const markOurs = async (disks: readonly Disk[], ownIdentity?: string): Promise<readonly Disk[]> => {
  const ours = await findOurDisks(disks, ownIdentity);
  return disks.map((disk) => (ours.includes(disk) ? { ...disk, isRescueMedium: true } : disk));
};

/** The types among those of the disks that may hold a system, and that this kernel can mount. */
const lookableTypes = async (disks: readonly Disk[]): Promise<ReadonlySet<string>> => {
  const types = new Set(disks.flatMap(({ volumes }) => volumes.map(({ filesystem }) => filesystem?.type ?? '')));
  const asked = [...types].map(async (type) => {
    const driver = driverFor(type);
    if (driver === undefined || driver.holdsFilesOnly) return [];
    return driver.isOptional && !(await kernelHasDriver(driver.name)) ? [] : [type];
  });
  return new Set((await Promise.all(asked)).flat());
};

const survey = async (sources: readonly Source[], stacks: Stacks): Promise<readonly Disk[]> => {
  const isDevice = sources.some(({ kind }) => kind === 'device') || sources.length === 0;
  if (isDevice && process.geteuid?.() !== 0) throw new RescueError('need-root', {});
  const machine = isDevice ? await listDisks() : [];
  const surveyMachine = () => Promise.all(machine.filter(isDisk).map((disk) => surveyDisk(disk)));
  if (sources.length === 0) return identifyAll(await stacks.complete(await surveyMachine()));
  const surveyOne = async (source: Source): Promise<readonly FoundDisk[]> => {
    const { kind, path } = await identify(source.path); // again: it may be gone by now
    if (kind === 'folder') return [await surveyFolder(path)];
    if (kind === 'image') return [await surveyImage(path)];
    const found = await findDevice(machine, path);
    if (found === undefined) throw new RescueError('source-unusable', { path, kind: 'empty' });
    const { disk, device } = found;
    const above = machine.filter(({ standsOn }) => device === disk.device && standsOn?.includes(device.path));
    return Promise.all([surveyDisk(disk, device), ...above.map((each) => surveyDisk(each))]);
  };
  const found = (await Promise.all(sources.map(surveyOne))).flat();
  // What one disk of an array shows alone is not asked for: the others are looked for on the whole machine.
  return identifyAll(await stacks.complete(found, isDevice ? surveyMachine : async () => []));
};
