import { open, readdir, readFile } from 'node:fs/promises';
import type { Disk } from '../../model/storage.ts';
import { unless } from '../process/system-error.ts';

/**
 * Which medium this machine was started from: the disk signature that all of ours bear, and the name that this one has
 * alone, both as blkid prints them. Our image writes it (usr/lib/sparekey/stick) when it has found the medium that the
 * boot loader speaks of; on any other system there is none.
 */
export const identityPath = '/run/sparekey/identity';

interface Identity {
  readonly signature: string;
  /** The serial number of the boot partition's file system. */
  readonly name: string;
}

const sectorBytes = 512;
/** Master boot record: the disk signature, the first partition's type and first sector, and its own mark. */
const signatureAt = 440;
const typeAt = 446 + 4;
const startAt = 446 + 8;
const markAt = 510;
const fat32 = 0x0c;
const firstSector = 2048;
/** Microsoft, FAT32 File System Specification: BS_VolID. */
const serialAt = 67;

/** The identity of the medium, as one string; undefined where there is none, or not yet. */
export const readIdentity = async (path = identityPath): Promise<string | undefined> =>
  (await readFile(path, 'utf8').catch(unless('ENOENT')))?.trim();

/** The disks that are the medium that this system came from; none on any other system. */
export const findOurDisks = async (disks: readonly Disk[], path = identityPath): Promise<readonly Disk[]> => {
  const identity = parse(await readIdentity(path));
  if (identity === undefined) return [];
  const possible = disks.filter(({ table, isRunningSystem }) => table === 'dos' && !isRunningSystem);
  const areOurs = await Promise.all(possible.map((disk) => isOurs(disk.path, identity)));
  return possible.filter((_, index) => areOurs[index]);
};

/** The boot partitions of all disks that carry our identity: one, unless the medium is out or has been copied. */
export const findOurPartitions = async (path = identityPath): Promise<readonly string[]> => {
  const identity = parse(await readIdentity(path));
  if (identity === undefined) return [];
  const names = (await readdir('/sys/block')).filter((name) => !/^(loop|ram|zram|sr|fd|md|dm-)/.test(name));
  const found = await Promise.all(
    names.map(async (name) => ((await isOurs(`/dev/${name}`, identity)) ? partitionOf(name) : [])),
  );
  return found.flat();
};

const parse = (text: string | undefined): Identity | undefined => {
  const [, signature, name] = /^([0-9a-f]{8}) ([0-9A-F]{4}-[0-9A-F]{4})$/.exec(text ?? '') ?? [];
  return signature === undefined || name === undefined ? undefined : { signature, name };
};

/** sda1, but mmcblk0p1. */
const partitionOf = (name: string): string => `/dev/${name}${/\d$/.test(name) ? 'p' : ''}1`;

/** Whether a disk bears that signature, the layout that goes with it, and the name. */
const isOurs = async (device: string, { signature, name }: Identity): Promise<boolean> => {
  const head = await readSector(device, 0);
  if (head?.readUInt16LE(markAt) !== 0xaa55) return false;
  const hasLayout = head[typeAt] === fat32 && head.readUInt32LE(startAt) === firstSector;
  if (!hasLayout || hexOf(head, signatureAt) !== signature) return false;
  const boot = await readSector(device, firstSector);
  return boot !== undefined && hexOf(boot, serialAt) === name.replace('-', '').toLowerCase();
};

const hexOf = (bytes: Buffer, at: number): string => bytes.readUInt32LE(at).toString(16).padStart(8, '0');

/** One sector of a device, by its number; undefined for an empty card reader, a dying disk, or beyond the end. */
export const readSector = async (device: string, number: number): Promise<Buffer | undefined> => {
  try {
    await using file = await open(device);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(sectorBytes), 0, sectorBytes, number * sectorBytes);
    return bytesRead < sectorBytes ? undefined : buffer;
  } catch {
    return undefined;
  }
};
