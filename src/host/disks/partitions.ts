import { type FileHandle, open } from 'node:fs/promises';
import { type GptHeader, isGptHeader, parseGptEntries, parseGptHeader, sectorSizes } from '../../formats/gpt.ts';
import { type Partition, parsePartx, partxColumns } from '../../formats/partx.ts';
import { isRescueError } from '../../model/errors.ts';
import { run } from '../process/commands.ts';

/** The partitions of a disk, and how whole its table is. */
export interface PartitionTable {
  readonly partitions: readonly ListedPartition[];
  /** Only one of the two copies of a GPT is left: the disk was copied to a smaller one, or cut short. */
  readonly hasOneCopy: boolean;
}

export interface ListedPartition extends Partition {
  /** So much of it, at its end, lies beyond the end of the disk; its size is what is there. */
  readonly missingBytes?: number;
}

/**
 * The partitions of an image, or of a device whose partitions the kernel does not show; none where there is no table. An
 * image does not say how large its disk's sectors were, and a disk shows others behind another adapter: the table tells.
 */
export const listPartitions = async (path: string, sizeBytes: number): Promise<PartitionTable> => {
  const gpt = await readGpt(path, sizeBytes);
  const listed = await runPartx(path, gpt?.sectorBytes);
  const partitions = listed.length > 0 ? listed : (gpt?.partitions ?? []);
  return {
    partitions: partitions.map((partition) => cutAt(sizeBytes, partition)),
    hasOneCopy: partitions.length > 0 && gpt?.hasOneCopy === true,
  };
};

const runPartx = async (path: string, sectorBytes: number | undefined): Promise<readonly Partition[]> => {
  const sector = sectorBytes === undefined ? [] : ['--sector-size', `${sectorBytes}`];
  try {
    return parsePartx((await run('partx', ['--pairs', '--output', partxColumns, ...sector, path])).stdout);
  } catch (error) {
    // "failed to read partition table": there is none, or none that can be read.
    if (isRescueError(error) && error.code !== 'tool-missing') return [];
    throw error;
  }
};

const cutAt = (diskBytes: number, partition: Partition): ListedPartition => {
  const thereBytes = Math.max(0, Math.min(partition.sizeBytes, diskBytes - partition.offsetBytes));
  const missingBytes = partition.sizeBytes - thereBytes;
  return missingBytes === 0 ? partition : { ...partition, sizeBytes: thereBytes, missingBytes };
};

interface Gpt {
  readonly sectorBytes: number;
  readonly hasOneCopy: boolean;
  /** As the copy that is left says; undefined where its entries are spoilt too. */
  readonly partitions?: readonly Partition[];
}

/** The table by its own bytes, from the copy in sector 1 or, failing that, from the one in the last sector (UEFI 2.10, 5.3). */
const readGpt = async (path: string, sizeBytes: number): Promise<Gpt | undefined> => {
  try {
    await using file = await open(path);
    for (const sectorBytes of sectorSizes) {
      const lastAt = Math.floor(sizeBytes / sectorBytes) * sectorBytes - sectorBytes;
      const first = await readAt(file, sectorBytes, sectorBytes);
      const last = lastAt > sectorBytes ? await readAt(file, lastAt, sectorBytes) : new Uint8Array();
      const header = parseGptHeader(first) ?? parseGptHeader(last);
      if (header === undefined && !isGptHeader(first)) continue;
      const hasOneCopy = parseGptHeader(first) === undefined || parseGptHeader(last) === undefined;
      const partitions = header && (await readEntries(file, header, sectorBytes));
      return { sectorBytes, hasOneCopy, ...(partitions && { partitions }) };
    }
  } catch {
    // What cannot be read has no partitions either.
  }
  return undefined;
};

const readEntries = async (file: FileHandle, header: GptHeader, sectorBytes: number) => {
  const { entriesAt, entryCount, entryBytes } = header;
  if (!Number.isSafeInteger(entriesAt * sectorBytes)) return undefined;
  return parseGptEntries(await readAt(file, entriesAt * sectorBytes, entryCount * entryBytes), header, sectorBytes);
};

const readAt = async (file: FileHandle, position: number, length: number): Promise<Uint8Array> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
};
