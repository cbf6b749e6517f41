import { randomInt } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { BuildError, run } from './command.ts';
import { newName, partitionStartSectors, sectorBytes } from './disk.ts';

/** Microsoft, FAT32 File System Specification: BS_VolID, and the sector of the copy, BPB_BkBootSec. */
const serialAt = 67;
const copyAt = 50;
/** What a Raspberry Pi's firmware hands to the kernel stands in files, of which each lies in one piece. */
const inFiles = Buffer.from(`sparekey.medium=${newName}`);
const chunkBytes = 4 * 1024 * 1024;

/** A name that no other stick has, in the form in which blkid prints serial numbers. */
export function makeName(): string {
  for (;;) {
    const digits = randomInt(2 ** 32)
      .toString(16)
      .toUpperCase()
      .padStart(8, '0');
    const name = `${digits.slice(0, 4)}-${digits.slice(4)}`;
    if (name !== newName) return name;
  }
}

/**
 * Gives a stick that our image was just written to its own name, as its first start would otherwise do: from then on
 * the boot loader can tell it from every other. Bytes are overwritten where they stand.
 * @param image what was written
 * @throws BuildError when the medium does not keep it, or the image has no such name
 */
export async function nameStick(image: FileHandle, sizeBytes: number, path: string, name: string): Promise<void> {
  const start = partitionStartSectors * sectorBytes;
  const boot = await readAt(image, start, sectorBytes);
  if (boot.readUInt32LE(serialAt) !== serialOf(newName))
    throw new BuildError('The image has a name already: it was started from.');
  const serial = Buffer.alloc(4);
  serial.writeUInt32LE(serialOf(name));
  const sectors = [0, boot.readUInt16LE(copyAt)];
  const files = await findAll(image, sizeBytes, inFiles);
  const changes = [
    ...sectors.map((sector) => ({ at: start + sector * sectorBytes + serialAt, bytes: serial })),
    ...files.map((at) => ({ at: at + inFiles.length - name.length, bytes: Buffer.from(name) })),
  ];
  const device = await open(path, 'r+');
  try {
    for (const { at, bytes } of changes) await device.write(bytes, 0, bytes.length, at);
    await device.sync();
    await run('blockdev', ['--flushbufs', path]);
    for (const { at, bytes } of changes)
      if (!(await readAt(device, at, bytes.length)).equals(bytes))
        throw new BuildError(`The disk gave back something else near byte ${at}: it is broken.`);
  } finally {
    await device.close();
  }
}

function serialOf(name: string): number {
  return Number.parseInt(name.replace('-', ''), 16);
}

/** Where these bytes stand in a file. */
async function findAll(file: FileHandle, sizeBytes: number, wanted: Buffer): Promise<readonly number[]> {
  const found = new Set<number>();
  for (let offset = 0; offset < sizeBytes; offset += chunkBytes) {
    // A little of the next chunk too, for what stands across the border.
    const chunk = await readAt(file, offset, Math.min(chunkBytes + wanted.length, sizeBytes - offset));
    for (let at = chunk.indexOf(wanted); at >= 0; at = chunk.indexOf(wanted, at + 1)) found.add(offset + at);
  }
  return [...found];
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  if (bytesRead < length) throw new BuildError(`Nothing could be read at byte ${position}.`);
  return bytes;
}
