import { open } from 'node:fs/promises';
import { type BlkidProbe, parseBlkid } from '../../formats/blkid.ts';
import { extSuperblockBytes, extSuperblockOffset, parseExtSuperblock } from '../../formats/ext-superblock.ts';
import { filesystemBytes, sizeProbeBytes } from '../../formats/filesystem-size.ts';
import { isRescueError, type KnownError } from '../../model/errors.ts';
import type { Filesystem, Volume } from '../../model/storage.ts';
import { run } from '../process/commands.ts';

/** A byte range of a device or an image. */
export interface Range {
  readonly path: string;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

export interface Probe {
  /** What blkid says of the range. */
  readonly found: BlkidProbe;
  readonly filesystem?: Filesystem;
  /** A swap area with a sleeping system in it. */
  readonly isHibernated: boolean;
  /** How much of the file system lies beyond the end of the range; undefined where it does not say how large it is. */
  readonly missingBytes?: number;
  /** The range did not say in time what it holds, which is not the same as holding nothing. */
  readonly unopened?: KnownError;
}

/** blkid found nothing (2), or several things that exclude one another (8). (blkid(8)) */
const nothingFound = [2, 8];

/** A disk that does not answer for this long is not waited for; a machine may be that busy, too. */
const timeoutUnlessToldMs = 20_000;

/** Looks what a byte range holds, reading only. A range that cannot be read holds nothing. @throws RescueError tool-missing */
export const probe = async (range: Range, timeoutMs = timeoutUnlessToldMs): Promise<Probe> => {
  if (range.sizeBytes <= 0) return { found: {}, isHibernated: false };
  const { found, late } = await runBlkid(range, timeoutMs);
  if (late) return { found, isHibernated: false, unopened: late };
  const described = found.type === undefined ? {} : await describe(range, found.type, found);
  return { found, ...described, isHibernated: found.type === 'swsuspend' };
};

interface Answer {
  readonly found: BlkidProbe;
  readonly late?: KnownError;
}

const runBlkid = async ({ path, offsetBytes, sizeBytes }: Range, timeoutMs: number): Promise<Answer> => {
  const part = offsetBytes > 0 ? ['--offset', String(offsetBytes), '--size', String(sizeBytes)] : [];
  const args = ['--probe', '--output', 'udev', ...part, path];
  try {
    return { found: parseBlkid((await run('blkid', args, { okCodes: nothingFound, timeoutMs })).stdout) };
  } catch (error) {
    if (isRescueError(error) && error.code === 'tool-timeout') return { found: {}, late: error };
    if (isRescueError(error) && error.code !== 'tool-missing') return { found: {} };
    throw error;
  }
};

const describe = async (
  range: Range,
  type: string,
  found: BlkidProbe,
): Promise<Pick<Probe, 'filesystem' | 'missingBytes'>> => {
  const start = (await readStart(range)) ?? new Uint8Array();
  const neededBytes = filesystemBytes(type, start);
  const superblock = /^ext[234]$/.test(type) ? parseExtSuperblock(superblockIn(start)) : undefined;
  const { label, uuid } = found;
  const filesystem: Filesystem = superblock
    ? { type, ...superblock }
    : { type, ...(label && { label }), ...(uuid && { uuid }), state: 'unknown' };
  return {
    filesystem,
    ...(neededBytes !== undefined && { missingBytes: Math.max(0, neededBytes - range.sizeBytes) }),
  };
};

/** How much of a volume is missing, by what its file system says, else by its partition; and that it did not answer. */
export const flawsOf = (
  { missingBytes: own, unopened }: Pick<Probe, 'missingBytes' | 'unopened'>,
  ofPartition = 0,
): Pick<Volume, 'missingBytes' | 'unopened'> => {
  const missingBytes = own ?? ofPartition;
  return { ...(missingBytes > 0 && { missingBytes }), ...(unopened && { unopened }) };
};

const superblockIn = (start: Uint8Array): Uint8Array =>
  start.subarray(extSuperblockOffset, extSuperblockOffset + extSuperblockBytes);

/** What is not readable any more is what blkid takes it for. */
const readStart = async ({ path, offsetBytes }: Range): Promise<Uint8Array | undefined> => {
  try {
    await using handle = await open(path);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(sizeProbeBytes), 0, sizeProbeBytes, offsetBytes);
    return buffer.subarray(0, bytesRead);
  } catch {
    return undefined;
  }
};
