import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { poke } from '../support/disk-image.ts';
import { run } from '../support/tools.ts';

const image = resolve(process.env['SPAREKEY_IMAGE'] ?? 'dist/sparekey.img');
const stickBytes = 512 * 1024 * 1024;

/** A stick made of our image, whose boot partition is read and written by mtools as a person would on a computer. */
export class Stick {
  readonly path: string;

  constructor(folder: string, name = 'stick.img') {
    this.path = join(folder, name);
    copyFileSync(image, this.path);
    truncateSync(this.path, stickBytes);
  }

  get #partition(): string {
    return `${this.path}@@1M`;
  }

  write(name: string, content: string | Uint8Array): void {
    const folder = mkdtempSync(join(tmpdir(), 'sparekey-stick-'));
    try {
      writeFileSync(join(folder, 'file'), content);
      run('mcopy', ['-o', '-i', this.#partition, join(folder, 'file'), `::${name}`]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** A file's bytes; undefined where there is none. */
  read(name: string): Buffer | undefined {
    const folder = mkdtempSync(join(tmpdir(), 'sparekey-stick-'));
    try {
      run('mcopy', ['-i', this.#partition, `::${name}`, join(folder, 'file')]);
      return readFileSync(join(folder, 'file'));
    } catch {
      return undefined;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
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

  /** What fsck.fat says of the boot partition, beyond that it was not unmounted. */
  complaints(): string {
    const folder = mkdtempSync(join(tmpdir(), 'sparekey-stick-'));
    try {
      const partition = join(folder, 'partition');
      const size = run('sfdisk', ['--json', this.path]);
      const sectors: number = JSON.parse(size).partitiontable.partitions[0].size;
      run('dd', [
        `if=${this.path}`,
        `of=${partition}`,
        'bs=1M',
        'skip=1',
        `count=${sectors * 512}`,
        'iflag=count_bytes',
        'status=none',
      ]);
      return run('sh', ['-c', 'fsck.fat -n "$1" || true', 'sh', partition]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
