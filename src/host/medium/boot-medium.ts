import { access, mkdir, open } from 'node:fs/promises';
import { isRescueError, RescueError } from '../../model/errors.ts';
import { type BootMedium, jobLimitBytes, type RecoveredFolder } from '../../model/job-medium.ts';
import { readStart } from '../foreign/lines.ts';
import { driverFor, optionsForLease, optionsForLook } from '../mounts/filesystems.ts';
import { outputOfFailure, run, type Tool } from '../process/commands.ts';
import { patiently } from '../process/patience.ts';
import { unless } from '../process/system-error.ts';
import { findOurPartitions, readSector } from './identity.ts';
import { createMountedJobFolder } from './job-folder.ts';
import { readKeyFilesIn } from './key-files.ts';

const mountPoint = '/run/sparekey/medium';
const jobPath = `${mountPoint}/sparekey.yaml`;

/** What the stick's boot partition is called, which is what people see of it. */
const label = 'SPARE-BOOT';

/** A file system's own mark that it was not unmounted, set by whoever mounts it writable, and what puts it right then. */
interface Mender {
  readonly stateAt: number;
  readonly dirtyMark: number;
  readonly command: readonly [tool: Tool, option: string];
}
/** Linux, fs/fat/inode.c: fat_set_state; fsck.fat(8). */
const fatMender: Mender = { stateAt: 65, dirtyMark: 1, command: ['fsck.fat', '-a'] };
/** exFAT file system specification, 3.1.13: VolumeFlags; fsck.exfat(8). */
const exfatMender: Mender = { stateAt: 106, dirtyMark: 2, command: ['fsck.exfat', '-p'] };
/** fsck(8): errors were found, and put right. */
const wasMended = 1;

/** A stick that lost its grip for a moment is back after some seconds, under another name. */
const patienceMs = 10_000;
const isPassing = (error: unknown): boolean => outputOfFailure(error) !== undefined || isGone(error);
const isGone = (error: unknown): boolean =>
  isRescueError(error) && error.code === 'job-unreadable' && error.details.reason === 'gone';

/** The job that GRUB read from the medium that it was started from; a Raspberry Pi's firmware hands none over. */
const handedOverPath = '/run/sparekey/boot-job';

/** There as long as our image (usr/lib/sparekey/job) looks for the medium, names it and makes its second partition. */
const keepingPath = '/run/sparekey/keeping';
const keptWithinMs = 60_000;
const isStillKept = new Error('the medium is still being put in order');

/** The boot partitions of the medium, once nobody else has it in hand. */
const findWhenReady = async (): Promise<readonly string[]> => {
  const isReady = async () => {
    if ((await access(keepingPath).catch(() => 'gone')) === undefined) throw isStillKept;
  };
  // What did not come to an end by then has named no medium, and that is told.
  await patiently(isReady, (error) => error === isStillKept, keptWithinMs).catch(() => {});
  return await findOurPartitions();
};

/**
 * The stick or card that this machine was started from. It is mounted only while it is read or written, so that it can
 * be pulled at any other time. Its job is what the boot loader read, if that hands over what it read.
 */
export const createBootMedium = (): BootMedium => {
  const folder = createMountedJobFolder(jobPath, { place: label });
  const mount = async (mode: 'ro' | 'rw') => {
    const [partition, ...others] = await findWhenReady();
    if (partition === undefined || others.length > 0)
      throw new RescueError('job-unreadable', { path: label, reason: partition === undefined ? 'gone' : 'several' });
    await mkdir(mountPoint, { recursive: true });
    if (mode === 'rw') await mend(partition, fatMender);
    await run('mount', ['-t', 'vfat', '-o', mountOptions('vfat', mode), partition, mountPoint]);
  };
  const mounted = async <T>(mode: 'ro' | 'rw', action: () => Promise<T>): Promise<T> => {
    await patiently(() => mount(mode), isPassing, patienceMs);
    try {
      return await action();
    } finally {
      await patiently(() => run('umount', [mountPoint]), isPassing, patienceMs);
    }
  };
  return {
    place: folder.place,
    jobName: folder.jobName,
    retiredName: folder.retiredName,
    isPresent: async () => (await findWhenReady()).length === 1,
    holds: async (job) => {
      if ((await findWhenReady()).length !== 1) return false;
      const found = await mounted('ro', folder.readJob).catch(() => new Uint8Array());
      return Buffer.compare(found, job) === 0;
    },
    openRecovered: async () => openRecovered(await findWhenReady()),
    readJob: async () => (await readHandedOver()) ?? (await mounted('ro', folder.readJob)),
    readKeyFiles: () => mounted('ro', () => readKeyFilesIn(mountPoint)),
    readBeside: (name) => mounted('ro', () => folder.readBeside(name)),
    reserve: (names) => mounted('rw', () => folder.reserve(names)),
    writeFiles: (files) => mounted('rw', () => folder.writeFiles(files)),
    retire: (content, marks) => mounted('rw', () => folder.retire(content, marks)),
  };
};

const readHandedOver = async (): Promise<Uint8Array | undefined> => {
  const file = await open(handedOverPath).catch(unless('ENOENT'));
  if (file === undefined) return undefined;
  await using handedOver = file;
  return await readStart(handedOver, jobLimitBytes + 1);
};

const mountOptions = (type: 'vfat' | 'exfat', mode: 'ro' | 'rw'): string => {
  const driver = driverFor(type);
  const options = driver && (mode === 'ro' ? optionsForLook(driver, driver.lookOptions) : optionsForLease(driver));
  if (options === undefined) throw new Error(`no driver for ${type}`);
  return options.join();
};

/**
 * When the power was cut a file may have stayed behind whose clusters count as free. Whoever overwrites it on FAT finds
 * the whole file system read-only from then on, and so would every start to come; exFAT stays marked as damaged.
 */
const mend = async (partition: string, { stateAt, dirtyMark, command: [tool, option] }: Mender): Promise<void> => {
  const state = (await readSector(partition, 0))?.[stateAt] ?? 0;
  if ((state & dirtyMark) === 0) return;
  // What cannot be mended, or not be written at all, is told by what is done next.
  await run(tool, [option, partition], { okCodes: [wasMended] }).catch(() => {});
};

const recoveredPoint = '/run/sparekey/recovered';
const recoveredLabel = 'SPAREKEY';

/** The second partition, which is made in the free space of the medium at its first start. */
const openRecovered = async ([boot, ...others]: readonly string[]): Promise<RecoveredFolder> => {
  const unusable = (reason: string) => new RescueError('target-unusable', { path: recoveredLabel, reason });
  if (boot === undefined || others.length > 0) throw unusable(boot === undefined ? 'gone' : 'several');
  await mkdir(recoveredPoint, { recursive: true });
  const partition = boot.replace(/1$/, '2');
  await mend(partition, exfatMender);
  await run('mount', ['-t', 'exfat', '-o', mountOptions('exfat', 'rw'), partition, recoveredPoint]).catch((error) => {
    throw unusable(outputOfFailure(error) ?? String(error));
  });
  const unmount = async () => void (await run('umount', [recoveredPoint]));
  return { folder: recoveredPoint, place: recoveredLabel, [Symbol.asyncDispose]: unmount };
};
