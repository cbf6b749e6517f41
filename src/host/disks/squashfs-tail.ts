import { open } from 'node:fs/promises';
import type { FoundVolume } from './identity.ts';
import { probe } from './probe.ts';

/** OpenWrt lays its writable volume behind the squashfs at the next such border (fstools, libfstools/rootdisk.c). */
const alignmentBytes = 64 * 1024;
/** Less than that is what is left over at the end of a partition. */
const smallestBytes = 512 * 1024;
/** The superblock's magic, and where in it the number of used bytes stands (squashfs.rst). */
const magic = 'hsqs';
const usedBytesAt = 40;

/**
 * A volume; or two where it is a squashfs with a file system behind it in the same partition.
 * @returns the first no longer than the squashfs itself, the second with a `+` at its selector
 */
export const withTail = async (volume: FoundVolume): Promise<readonly FoundVolume[]> => {
  if (volume.filesystem?.type !== 'squashfs') return [volume];
  const usedBytes = await readUsedBytes(volume);
  const headBytes = Math.ceil(usedBytes / alignmentBytes) * alignmentBytes;
  const sizeBytes = volume.sizeBytes - headBytes;
  if (usedBytes === 0 || sizeBytes < smallestBytes) return [volume];
  const range = { path: volume.path, offsetBytes: volume.offsetBytes + headBytes, sizeBytes };
  const { filesystem, isHibernated } = await probe(range);
  if (filesystem === undefined) return [volume];
  const { partLabel: _, partUuid: __, number: ___, identity, ...rest } = volume;
  const tail = {
    ...rest,
    ...range,
    identity: `${identity ?? ''}+`,
    selector: `${volume.selector}+`,
    filesystem,
    isHibernated,
  };
  return [{ ...volume, sizeBytes: headBytes }, tail];
};

const readUsedBytes = async ({ path, offsetBytes }: FoundVolume): Promise<number> => {
  try {
    await using handle = await open(path);
    const { buffer } = await handle.read(Buffer.alloc(96), 0, 96, offsetBytes);
    return buffer.toString('latin1', 0, 4) === magic ? Number(buffer.readBigUInt64LE(usedBytesAt)) : 0;
  } catch {
    return 0; // not readable any more: blkid's word stands
  }
};
