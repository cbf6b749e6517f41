import { copyFile, mkdir, open, rename, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BuildError, run } from './command.ts';
import { type FileTree, sortedEntries } from './tree.ts';

/** The MBR disk signature by which the running system knows its own stick, as blkid prints it ("SPKY"). */
export const diskSignature = '53504b59';

/** What every new stick is called until its first start: the serial number of its file system, as blkid prints it. */
export const newName = '5350-4B59';

const partitionLabel = 'SPARE-BOOT';
export const sectorBytes = 512;
/** The first MiB holds the partition table and the boot loader for legacy BIOS. */
export const partitionStartSectors = 2048;
const mebibyte = 1024 * 1024;
/** FAT32 with 4 KiB clusters is only FAT32 from 65525 clusters on: some firmware insists on the count. */
const smallestPartitionMebibytes = 288;
/** Room for job files, reports and what people add. */
const spareMebibytes = 32;

export interface BiosLoader {
  /** GRUB's boot.img: the code of the MBR. */
  readonly boot: Uint8Array;
  /** GRUB's core.img: what lies between the MBR and the first partition. */
  readonly core: Uint8Array;
}

/**
 * Writes a disk image with an MBR and one FAT32 partition with these files. MBR and not GPT: a Pi 3 asks for it, the
 * BIOS boot loader fits into its gap, and it grows without a copy at the end of the disk. Neither root nor a mount is
 * needed. All files bear `timeSeconds`.
 */
export async function writeDisk(
  tree: FileTree,
  bios: BiosLoader | undefined,
  path: string,
  timeSeconds: number,
): Promise<void> {
  const environment = { SOURCE_DATE_EPOCH: `${timeSeconds}`, MTOOLS_SKIP_CHECK: '1' };
  const partitionMebibytes = await partitionSize(tree);
  const offset = partitionStartSectors * sectorBytes;
  await rm(path, { force: true });
  await (await open(path, 'w')).close();
  await truncate(path, offset + partitionMebibytes * mebibyte);
  const size = (partitionMebibytes * mebibyte) / sectorBytes;
  const table = `label: dos\nlabel-id: 0x${diskSignature}\nstart=${partitionStartSectors}, size=${size}, type=c, bootable\n`;
  await run('sfdisk', ['--quiet', '--no-reread', '--no-tell-kernel', path], { input: table });
  if (bios) await writeBiosLoader(path, bios);
  const geometry = ['-F', '32', '-s', '8', '-h', `${partitionStartSectors}`, '--offset', `${partitionStartSectors}`];
  const identity = ['--invariant', '-n', partitionLabel, '-i', newName.replace('-', '')];
  await run('mkfs.vfat', [...identity, ...geometry, path, `${partitionMebibytes * 1024}`], { env: environment });
  await copyFiles(tree, `${path}@@${offset}`, `${path}.files`, timeSeconds, environment);
}

async function partitionSize(tree: FileTree): Promise<number> {
  let bytes = 0;
  for (const entry of tree.values()) {
    if (entry.kind !== 'file') continue;
    bytes += typeof entry.source === 'string' ? (await stat(entry.source)).size : entry.source.length;
  }
  return Math.max(smallestPartitionMebibytes, Math.ceil(bytes / mebibyte) + spareMebibytes);
}

async function writeBiosLoader(path: string, { boot, core }: BiosLoader): Promise<void> {
  if (core.length > (partitionStartSectors - 1) * sectorBytes)
    throw new BuildError('GRUB does not fit before the partition.');
  const file = await open(path, 'r+');
  try {
    // The bytes from 440 on are the disk signature and the partition table.
    await file.write(boot, 0, 440, 0);
    await file.write(core, 0, core.length, sectorBytes);
  } finally {
    await file.close();
  }
}

/** Copies file by file in a fixed order: the order of a folder on disk would show in the FAT. */
async function copyFiles(
  tree: FileTree,
  image: string,
  staging: string,
  timeSeconds: number,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  await mkdir(staging, { recursive: true });
  try {
    for (const [path, entry] of sortedEntries(tree)) {
      if (entry.kind === 'link') throw new BuildError(`FAT knows no links: ${path}`);
      if (entry.kind === 'folder') {
        await run('mmd', ['-i', image, `::/${path}`], { env });
        continue;
      }
      const copy = join(staging, 'file');
      if (typeof entry.source === 'string') await copyFile(entry.source, copy);
      else await writeFile(copy, entry.source);
      await utimes(copy, timeSeconds, timeSeconds);
      await run('mcopy', ['-m', '-i', image, copy, `::/${path}`], { env });
    }
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Gives a finished file its final name in one step, so that an interrupted build leaves no half image there. */
export async function publish(unfinished: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await run('sync', [unfinished]);
  await rename(unfinished, path);
}
