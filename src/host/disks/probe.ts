import { open } from 'node:fs/promises';
import { type BlkidProbe, parseBlkid } from '../../formats/blkid.ts';
import { extSuperblockBytes, extSuperblockOffset, parseExtSuperblock } from '../../formats/ext-superblock.ts';
import { isRescueError } from '../../model/errors.ts';
import type { Filesystem } from '../../model/storage.ts';
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
}

/** blkid found nothing (2), or several things that exclude one another (8). (blkid(8)) */
const nothingFound = [2, 8];

/** A disk that does not answer for this long is as good as empty. */
const timeoutMs = 20_000;

/** Looks what a byte range holds, reading only. A range that cannot be read holds nothing. @throws RescueError tool-missing */
export const probe = async (range: Range): Promise<Probe> => {
  const found = await runBlkid(range);
  const filesystem = found.type === undefined ? undefined : await describe(range, found.type, found);
  return { found, ...(filesystem && { filesystem }), isHibernated: found.type === 'swsuspend' };
};

const runBlkid = async ({ path, offsetBytes, sizeBytes }: Range): Promise<BlkidProbe> => {
  const part = offsetBytes > 0 ? ['--offset', String(offsetBytes), '--size', String(sizeBytes)] : [];
  const args = ['--probe', '--output', 'udev', ...part, path];
  try {
    return parseBlkid((await run('blkid', args, { okCodes: nothingFound, timeoutMs })).stdout);
  } catch (error) {
    if (isRescueError(error) && error.code !== 'tool-missing') return {};
    throw error;
  }
};

const describe = async (range: Range, type: string, found: BlkidProbe): Promise<Filesystem> => {
  const superblock = /^ext[234]$/.test(type) ? await readSuperblock(range) : undefined;
  if (superblock !== undefined) return { type, ...superblock };
  const { label, uuid } = found;
  return { type, ...(label && { label }), ...(uuid && { uuid }), state: 'unknown' };
};

const readSuperblock = async ({ path, offsetBytes }: Range) => {
  try {
    await using handle = await open(path);
    const position = offsetBytes + extSuperblockOffset;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(extSuperblockBytes), 0, extSuperblockBytes, position);
    return parseExtSuperblock(buffer.subarray(0, bytesRead));
  } catch {
    return undefined; // not readable any more: blkid's word stands
  }
};
