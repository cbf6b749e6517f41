import { open } from 'node:fs/promises';
import { type Partition, parsePartx, partxColumns } from '../../formats/partx.ts';
import { isRescueError } from '../../model/errors.ts';
import { run } from '../process/commands.ts';

/** The partitions of an image, or of a device whose partitions the kernel does not show; none where there is no table. */
export const listPartitions = async (path: string): Promise<readonly Partition[]> => {
  const sector = (await has4KSectors(path)) ? ['--sector-size', '4096'] : [];
  try {
    return parsePartx((await run('partx', ['--pairs', '--output', partxColumns, ...sector, path])).stdout);
  } catch (error) {
    // "failed to read partition table": there is none, or none that can be read.
    if (isRescueError(error) && error.code !== 'tool-missing') return [];
    throw error;
  }
};

/** An image does not say how large its disk's sectors were; a GPT header stands in sector 1 (UEFI 2.10, 5.3.2). */
const has4KSectors = async (path: string): Promise<boolean> => {
  try {
    await using handle = await open(path);
    const { buffer } = await handle.read(Buffer.alloc(8), 0, 8, 4096);
    return buffer.toString('latin1') === 'EFI PART';
  } catch {
    return false; // what cannot be read has no partitions either
  }
};
