// Writes the rescue image to a stick or card: `node scripts/flash.ts /dev/sdX [--fixed-disk] [--image FILE]`.
import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { BuildError, complain, requireTools, run } from './image/command.ts';
import { inspectTarget, refuseTarget, type TargetDisk } from './image/flash-target.ts';
import { makeName, nameStick } from './image/name-stick.ts';
import { writeDevice } from './image/write-device.ts';

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
  await writeDevice(image, size, disk.path, (step, done) => {
    if (!process.stderr.isTTY) return;
    const percent = Math.floor((100 * done) / size);
    process.stderr.write(`\rflash: ${step} ${percent} % of ${gigabytes(size)} ${done === size ? '\n' : ''}`);
  });
  await nameStick(image, size, disk.path, makeName());
  await run('blockdev', ['--rereadpt', disk.path]).catch(() => '');
  say(`${disk.path} is ready: written, read back, the same. It can be pulled out.`);
}

function gigabytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

function say(sentence: string): void {
  process.stderr.write(`flash: ${sentence}\n`);
}

main().catch(complain('flash'));
