// Writes the rescue image to a stick or card: `node scripts/flash.ts /dev/sdX [--fixed-disk] [--image FILE]`.
import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { BuildError, requireTools, run } from './image/command.ts';
import { inspectTarget, refuseTarget, type TargetDisk } from './image/flash-target.ts';

const chunkBytes = 4 * 1024 * 1024;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      image: { type: 'string', default: resolve(import.meta.dirname, '../dist/sparekey.img') },
      'fixed-disk': { type: 'boolean', default: false },
    },
  });
  const [device] = positionals;
  if (!device)
    throw new BuildError('Say which disk: make flash DEVICE=/dev/sdX. "lsblk -d -o PATH,SIZE,MODEL,RM" lists them.');
  await requireTools(['lsblk', 'blockdev']);
  const image = await open(values.image).catch(() => {
    throw new BuildError(`${values.image} is not there yet: run "make image" first.`);
  });
  try {
    const { size } = await image.stat();
    const disk = await inspectTarget(device);
    show(disk);
    const refusal = refuseTarget(disk, size, values['fixed-disk']);
    if (refusal) throw new BuildError(`Nothing was written. ${refusal}`);
    await askForConsent(disk);
    await flash(image, size, disk);
  } finally {
    await image.close();
  }
}

function show(disk: TargetDisk): void {
  say(`${disk.path}  ${disk.model || 'unnamed'}  ${gigabytes(disk.sizeBytes)}${disk.isRemovable ? '' : '  built-in'}`);
  for (const part of disk.parts) {
    const words = [part.filesystem, part.label && `"${part.label}"`, ...part.mountPoints.map((point) => `on ${point}`)];
    if (words.some(Boolean)) say(`  ${part.path}  ${gigabytes(part.sizeBytes)}  ${words.filter(Boolean).join('  ')}`);
  }
}

/** The name has to be typed: nobody types the name of the wrong disk by habit. */
async function askForConsent(disk: TargetDisk): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`Everything on ${disk.path} will be lost. Type its name to go on: `);
    if (answer.trim() !== disk.path) throw new BuildError('Nothing was written.');
  } finally {
    terminal.close();
  }
}

async function flash(image: FileHandle, size: number, disk: TargetDisk): Promise<void> {
  // O_EXCL on a block device: the kernel refuses if anything has come to use it since we looked.
  const device = await open(disk.path, 0o2 | 0o200);
  try {
    await eachChunk(image, size, 'writing', async (bytes, offset) => {
      // The first MiB, which makes it bootable, comes last: half a stick must not start.
      if (offset > 0) await device.write(bytes, 0, bytes.length, offset);
      else await device.write(bytes.subarray(2 ** 20), 0, bytes.length - 2 ** 20, 2 ** 20);
    });
    const first = Buffer.alloc(2 ** 20);
    await image.read(first, 0, first.length, 0);
    await device.write(first, 0, first.length, 0);
    await device.sync();
    // Reading back must ask the medium, not this machine's memory.
    await run('blockdev', ['--flushbufs', disk.path]);
    await eachChunk(image, size, 'comparing', async (bytes, offset) => {
      const copy = Buffer.alloc(bytes.length);
      await device.read(copy, 0, copy.length, offset);
      if (!copy.equals(bytes)) {
        throw new BuildError(
          `The disk gave back something else at byte ${offset}: it is broken, or lies about its size.`,
        );
      }
    });
  } finally {
    await device.close();
  }
  await run('blockdev', ['--rereadpt', disk.path]).catch(() => '');
  say(`${disk.path} is ready: written, read back, the same. It can be pulled out.`);
}

type ChunkTask = (bytes: Buffer, offset: number) => Promise<void>;

async function eachChunk(image: FileHandle, size: number, doing: string, task: ChunkTask): Promise<void> {
  for (let offset = 0; offset < size; offset += chunkBytes) {
    const bytes = Buffer.alloc(Math.min(chunkBytes, size - offset));
    const { bytesRead } = await image.read(bytes, 0, bytes.length, offset);
    if (bytesRead !== bytes.length) throw new BuildError('The image became shorter while it was read.');
    await task(bytes, offset);
    const done = offset + bytes.length;
    const percent = Math.floor((100 * done) / size);
    if (process.stderr.isTTY) process.stderr.write(`\rflash: ${doing} ${percent} % of ${gigabytes(size)} `);
  }
  if (process.stderr.isTTY) process.stderr.write('\n');
}

function gigabytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

function say(sentence: string): void {
  process.stderr.write(`flash: ${sentence}\n`);
}

main().catch((error: unknown) => {
  say(error instanceof BuildError ? error.message : ((error as Error).stack ?? String(error)));
  process.exitCode = 1;
});
