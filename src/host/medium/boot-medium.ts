import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import { isRescueError, RescueError } from '../../model/errors.ts';
import type { BootMedium, RecoveredFolder } from '../../model/job-medium.ts';
import type { Disk } from '../../model/storage.ts';
import { driverFor, optionsForLease, optionsForLook } from '../mounts/filesystems.ts';
import { outputOfFailure, run, type Tool } from '../process/commands.ts';
import { patiently } from '../process/patience.ts';
import { unless } from '../process/system-error.ts';
import { createMountedJobFolder } from './job-folder.ts';
import { readKeyFilesIn } from './key-files.ts';

const mountPoint = '/run/sparekey/medium';
const jobPath = `${mountPoint}/sparekey.yaml`;

/** What the stick's boot partition is called, which is what people see of it. */
const label = 'SPARE-BOOT';

const sectorBytes = 512;
/** Master boot record: the disk signature, the first partition's type and first sector, and its own mark. */
const signatureAt = 440;
const typeAt = 446 + 4;
const startAt = 446 + 8;
const markAt = 510;
const fat32 = 0x0c;
const firstSector = 2048;

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

/** The disk signature that every medium of ours bears, as blkid prints it; the image's build leaves it here. */
export const signaturePath = '/etc/sparekey/disk-signature';

/** A stick that lost its grip for a moment is back after some seconds, under another name. */
const patienceMs = 10_000;
const isPassing = (error: unknown): boolean => outputOfFailure(error) !== undefined || isGone(error);
const isGone = (error: unknown): boolean =>
  isRescueError(error) && error.code === 'job-unreadable' && error.details.reason === 'gone';

/**
 * The stick or card that this machine was started from, by the disk signature and the layout that we wrote; labels are
 * anybody's. It is mounted only while it is read or written, so that it can be pulled at any other time.
 */
export const createBootMedium = async (): Promise<BootMedium> => {
  const signature = (await readFile(signaturePath, 'utf8')).trim();
  const folder = createMountedJobFolder(jobPath, { place: label });
  const mount = async (mode: 'ro' | 'rw') => {
    const [partition, ...others] = await findOurs(signature);
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
    isPresent: async () => (await findOurs(signature)).length === 1,
    holds: async (job) => {
      if ((await findOurs(signature)).length !== 1) return false;
      const found = await mounted('ro', folder.readJob).catch(() => new Uint8Array());
      return Buffer.compare(found, job) === 0;
    },
    openRecovered: async () => openRecovered(await findOurs(signature)),
    readJob: () => mounted('ro', folder.readJob),
    readKeyFiles: () => mounted('ro', () => readKeyFilesIn(mountPoint)),
    readBeside: (name) => mounted('ro', () => folder.readBeside(name)),
    reserve: (names) => mounted('rw', () => folder.reserve(names)),
    writeFiles: (files) => mounted('rw', () => folder.writeFiles(files)),
    retire: (content, marks) => mounted('rw', () => folder.retire(content, marks)),
  };
};

/** It may be a stranger's disk that only looks like ours. */
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
  const state = (await readStart(partition))?.[stateAt] ?? 0;
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

/** The disks that bear the signature of the medium that this system came from; none on any other system. */
export const findOurDisks = async (disks: readonly Disk[], path = signaturePath): Promise<readonly Disk[]> => {
  const signature = (await readFile(path, 'utf8').catch(unless('ENOENT')))?.trim();
  if (signature === undefined) return [];
  const possible = disks.filter(({ table, isRunningSystem }) => table === 'dos' && !isRunningSystem);
  const areOurs = await Promise.all(possible.map((disk) => isOurs(disk.path, signature)));
  return possible.filter((_, index) => areOurs[index]);
};

/** The boot partitions of all disks that carry our identity. */
const findOurs = async (signature: string): Promise<readonly string[]> => {
  const names = (await readdir('/sys/block')).filter((name) => !/^(loop|ram|zram|sr|fd|md|dm-)/.test(name));
  const found = await Promise.all(
    names.map(async (name) => ((await isOurs(`/dev/${name}`, signature)) ? partitionOf(name) : [])),
  );
  return found.flat();
};

/** sda1, but mmcblk0p1. */
const partitionOf = (name: string): string => `/dev/${name}${/\d$/.test(name) ? 'p' : ''}1`;

/** Whether a disk bears that signature, and the layout that goes with it. */
const isOurs = async (device: string, signature: string): Promise<boolean> => {
  const buffer = await readStart(device);
  if (buffer?.readUInt16LE(markAt) !== 0xaa55) return false;
  const hasLayout = buffer[typeAt] === fat32 && buffer.readUInt32LE(startAt) === firstSector;
  return hasLayout && buffer.readUInt32LE(signatureAt).toString(16).padStart(8, '0') === signature;
};

/** The first sector; undefined for an empty card reader or a dying disk. */
const readStart = async (device: string): Promise<Buffer | undefined> => {
  try {
    await using file = await open(device);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(sectorBytes), 0, sectorBytes, 0);
    return bytesRead < sectorBytes ? undefined : buffer;
  } catch {
    return undefined;
  }
};
