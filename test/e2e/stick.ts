import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { poke } from '../support/disk-image.ts';
import { run } from '../support/tools.ts';

const image = resolve(process.env['SPAREKEY_IMAGE'] ?? 'dist/sparekey.img');
/** QEMU wants SD cards to have a power of two as their size; and free space is what the data partition grows into. */
const stickBytes = 512 * 1024 * 1024;
const sectorBytes = 512;
/** exFAT file system specification, 3.1.13.2: VolumeFlags, VolumeDirty. */
const exfatStateAt = 106;
const exfatDirty = 2;
/** Microsoft, FAT32 File System Specification: BS_VolID, BPB_BkBootSec. */
const bootSectorAt = 1 << 20;
const serialAt = 67;
const copyAt = 50;

interface Partition {
  readonly start: number;
  readonly size: number;
  readonly type: string;
}

/** A stick made of our image, whose boot partition is read and written by mtools as a person would on a computer. */
export class Stick {
  readonly path: string;

  constructor(folder: string, name = 'stick.img') {
    if (!existsSync(image)) throw new Error(`${image} is not there: run "make image" first.`);
    this.path = join(folder, name);
    copyFileSync(image, this.path);
    truncateSync(this.path, stickBytes);
  }

  get #partition(): string {
    return `${this.path}@@1M`;
  }

  write(name: string, content: string | Uint8Array): void {
    inFolder((folder) => {
      writeFileSync(join(folder, 'file'), content);
      run('mcopy', ['-o', '-i', this.#partition, join(folder, 'file'), `::${name}`]);
    });
  }

  /** A file's bytes; undefined where there is none. */
  read(name: string): Buffer | undefined {
    return inFolder((folder) => {
      try {
        run('mcopy', ['-i', this.#partition, `::${name}`, join(folder, 'file')]);
        return readFileSync(join(folder, 'file'));
      } catch {
        return undefined;
      }
    });
  }

  /**
   * The name that it has alone (FAT32: BS_VolID in the boot sector, and in its copy at BPB_BkBootSec), which a Raspberry
   * Pi's firmware hands over from cmdline.txt.
   */
  get name(): string {
    const serial = readFileSync(this.path)
      .readUInt32LE(bootSectorAt + serialAt)
      .toString(16)
      .toUpperCase()
      .padStart(8, '0');
    return `${serial.slice(0, 4)}-${serial.slice(4)}`;
  }

  /** Names it, as its first start does. */
  giveName(name: string): void {
    const serial = Buffer.alloc(4);
    serial.writeUInt32LE(Number.parseInt(name.replace('-', ''), 16));
    const copy = readFileSync(this.path).readUInt16LE(bootSectorAt + copyAt);
    for (const sector of [0, copy]) poke(this.path, bootSectorAt + sector * sectorBytes + serialAt, serial);
    const words = this.read('cmdline.txt')?.toString();
    if (words !== undefined)
      this.write('cmdline.txt', words.replace(/sparekey\.medium=\S+/, `sparekey.medium=${name}`));
  }

  /** Takes all space but so many bytes. */
  fill(leftBytes: number): void {
    const free = run('mdir', ['-i', this.#partition, '::'])
      .match(/([\d ]+) bytes free/)?.[1]
      ?.replaceAll(' ', '');
    this.write('fill', Buffer.alloc(Number(free) - leftBytes));
  }

  /**
   * Leaves a file as a power cut may: its name and size are there, its clusters count as free, and the file system is
   * marked as in use (Microsoft's FAT specification: BPB_RsvdSecCnt, BPB_NumFATs, BPB_FATSz32; Linux, fs/fat: state).
   */
  cutOff(name: string): void {
    const [, first, last] = /<(\d+)(?:-(\d+))?>/.exec(run('mshowfat', ['-i', this.#partition, `::${name}`])) ?? [];
    const [from, to] = [Number(first), Number(last ?? first)];
    const start = 1 << 20;
    const boot = readFileSync(this.path).subarray(start, start + 512);
    const [reserved, copies, sectors] = [boot.readUInt16LE(14), boot.readUInt8(16), boot.readUInt32LE(36)];
    for (let copy = 0; copy < copies; copy++) {
      const table = start + (reserved + copy * sectors) * 512;
      poke(this.path, table + from * 4, Buffer.alloc((to - from + 1) * 4));
    }
    poke(this.path, start + 65, Buffer.from([1]));
  }

  /** Gives it its second partition, as the first start does, but one that was not unmounted. */
  addUncleanRecovered(): void {
    const start = 8192 * Math.ceil((this.#range(0).offset + this.#range(0).size) / sectorBytes / 8192);
    run('sfdisk', ['--quiet', '--append', '--no-reread', this.path], `start=${start}, type=7\n`);
    const { offset, size } = this.#range(1);
    inFolder((folder) => {
      const partition = join(folder, 'partition');
      run('truncate', ['-s', `${size}`, partition]);
      run('mkfs.exfat', ['-L', 'SPAREKEY', partition]);
      poke(partition, exfatStateAt, Buffer.from([exfatDirty]));
      const place = ['oflag=seek_bytes', `seek=${offset}`, 'conv=notrunc'];
      run('dd', [`if=${partition}`, `of=${this.path}`, 'bs=1M', 'status=none', ...place]);
    });
  }

  /** What fsck.fat says of the boot partition, beyond that it was not unmounted. */
  complaints(): string {
    return this.#check(0, 'fsck.fat');
  }

  /** What fsck.exfat says of the second partition. */
  recoveredComplaints(): string {
    return this.#check(1, 'fsck.exfat');
  }

  /** Whether the second partition is marked as one that was not unmounted; fsck.exfat keeps silent about that. */
  get isRecoveredUnclean(): boolean {
    return ((this.recovered()[exfatStateAt] ?? 0) & exfatDirty) !== 0;
  }

  /** The bytes of the second partition. */
  recovered(): Buffer {
    const { offset, size } = this.#range(1);
    return readFileSync(this.path).subarray(offset, offset + size);
  }

  /** Its partitions as sfdisk prints them, in sectors. */
  get partitions(): readonly Partition[] {
    return JSON.parse(run('sfdisk', ['--json', this.path])).partitiontable.partitions;
  }

  /** Where a partition lies, in bytes. */
  #range(index: 0 | 1): { readonly offset: number; readonly size: number } {
    const { start = Number.NaN, size = Number.NaN } = this.partitions[index] ?? {};
    return { offset: start * sectorBytes, size: size * sectorBytes };
  }

  #check(index: 0 | 1, checker: string): string {
    const { offset, size } = this.#range(index);
    return inFolder((folder) => {
      const partition = join(folder, 'partition');
      const range = ['iflag=skip_bytes,count_bytes', `skip=${offset}`, `count=${size}`];
      run('dd', [`if=${this.path}`, `of=${partition}`, 'bs=1M', 'status=none', ...range]);
      return run('sh', ['-c', '"$1" -n "$2" || true', 'sh', checker, partition]);
    });
  }
}

const inFolder = <T>(action: (folder: string) => T): T => {
  const folder = mkdtempSync(join(tmpdir(), 'sparekey-stick-'));
  try {
    return action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
