import { type FileHandle, open } from 'node:fs/promises';
import { BuildError, run } from './command.ts';

const chunkBytes = 4 * 1024 * 1024;
/** Partition table and first boot loader: what makes a disk start. */
const headBytes = 1024 * 1024;
/** Read and write, refused by the kernel if anything uses the device (open(2): O_EXCL on a block device). */
const exclusive = 0o2 | 0o200;

/** Told after each chunk how far the step is. */
export type Progress = (step: 'writing' | 'comparing', doneBytes: number) => void;

/**
 * Writes an image to a block device, reads it back from the medium and compares.
 * @throws BuildError when the medium gave back something else
 */
export async function writeDevice(
  image: FileHandle,
  sizeBytes: number,
  path: string,
  progress: Progress,
): Promise<void> {
  const device = await open(path, exclusive);
  try {
    // The head comes last: half a stick must not start.
    await eachChunk(image, headBytes, sizeBytes, async (bytes, offset) => {
      await device.write(bytes, 0, bytes.length, offset);
      progress('writing', offset + bytes.length);
    });
    await eachChunk(image, 0, headBytes, async (bytes, offset) => {
      await device.write(bytes, 0, bytes.length, offset);
    });
    await device.sync();
    // Reading back must ask the medium, not this machine's memory.
    await run('blockdev', ['--flushbufs', path]);
    await eachChunk(image, 0, sizeBytes, async (bytes, offset) => {
      const copy = Buffer.alloc(bytes.length);
      await device.read(copy, 0, copy.length, offset);
      if (!copy.equals(bytes)) {
        throw new BuildError(
          `The disk gave back something else near byte ${offset}: it is broken, or lies about its size.`,
        );
      }
      progress('comparing', offset + bytes.length);
    });
  } finally {
    await device.close();
  }
}

type ChunkTask = (bytes: Buffer, offset: number) => Promise<void>;

async function eachChunk(image: FileHandle, from: number, to: number, task: ChunkTask): Promise<void> {
  for (let offset = from; offset < to; offset += chunkBytes) {
    const bytes = Buffer.alloc(Math.min(chunkBytes, to - offset));
    const { bytesRead } = await image.read(bytes, 0, bytes.length, offset);
    if (bytesRead !== bytes.length) throw new BuildError('The image became shorter while it was read.');
    await task(bytes, offset);
  }
}
