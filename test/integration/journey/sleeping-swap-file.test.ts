import { closeSync, copyFileSync, ftruncateSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isSleepingSwap, swapHeadBytes } from '../../../src/formats/swap-signature.ts';
import { createExtImage, poke, sha256, writeFiles } from '../../support/disk-image.ts';
import { createGptDisk, ext4, type GptPartition } from '../../support/gpt-disk.ts';
import { createLinuxDisk, linuxFiles } from '../../support/linux-disk.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { resetArgs, sparekey, sparekeyJson } from '../../support/sparekey.ts';
import { run } from '../../support/tools.ts';

const at = scratchFolder('sleeping');

/** A swap area, as mkswap(8) makes it. */
const swapArea = (pageSize = 4096): Buffer => {
  const path = at(`swap-${pageSize}`);
  closeSync(openSync(path, 'w'));
  const file = openSync(path, 'r+');
  ftruncateSync(file, pageSize * 16);
  closeSync(file);
  run('mkswap', ['--pagesize', String(pageSize), path]);
  return readFileSync(path);
};

/** What hibernation leaves of it: the signature at the end of the first page is another one. */
const asleep = (signature = 'S1SUSPEND', pageSize = 4096): Buffer => {
  const bytes = swapArea(pageSize);
  bytes.fill(0, pageSize - 10, pageSize);
  bytes.write(signature, pageSize - 10, 'latin1');
  return bytes;
};

describe('what a sleeping swap area looks like', () => {
  const signatures = ['S1SUSPEND', 'S2SUSPEND', 'ULSUSPEND', 'LINHIB0001'];
  const typeOf = (bytes: Uint8Array): string => {
    const path = at('area');
    writeFileSync(path, bytes);
    return run('blkid', ['--probe', '--output', 'value', '-s', 'TYPE', path]).trim();
  };

  test.each([4096, 8192, 16_384, 32_768, 65_536])('blkid agrees, on machines with pages of %i bytes', (pageSize) => {
    for (const signature of signatures) {
      const bytes = asleep(signature, pageSize);
      expect(typeOf(bytes), signature).toBe('swsuspend');
      expect(isSleepingSwap(bytes.subarray(0, swapHeadBytes)), signature).toBe(true);
    }
    const tuxOnIce = Buffer.concat([Buffer.from('edc302e99856e50c', 'hex'), swapArea(pageSize).subarray(8)]);
    expect(typeOf(tuxOnIce)).toBe('swsuspend');
    expect(isSleepingSwap(tuxOnIce.subarray(0, swapHeadBytes))).toBe(true);
    expect(typeOf(swapArea(pageSize))).toBe('swap');
    expect(isSleepingSwap(swapArea(pageSize).subarray(0, swapHeadBytes))).toBe(false);
  });

  test('what is too short for a page, or empty, sleeps in nothing', () => {
    for (const length of [0, 9, 4085, 4094]) expect(isSleepingSwap(asleep().subarray(0, length))).toBe(false);
  });
});

const fstab = (...lines: readonly string[]): string => `# made by a test\n${lines.join('\n')}\n`;

/** Resets bob, and expects the refusal that names the file; nothing may have changed. */
const expectRefusal = (disk: string, file: string): void => {
  const before = sha256(disk);
  const { exitCode, stderr } = sparekey(resetArgs(disk, 'bob'), 'brand new\n');
  expect(stderr).toContain(file);
  expect(stderr).toContain('sleeping');
  expect(exitCode).toBe(3);
  expect(sha256(disk)).toBe(before);
};

describe('a system that sleeps in a swap file is left alone', () => {
  test.each([
    ['/swap.img', ''],
    ['/swap/swapfile', ''],
    ['/var/swap', ''],
    ['/srv/my swap', fstab('/srv/my\\040swap none swap sw 0 0')],
  ])('%s', (path, table) => {
    const disk = createLinuxDisk(at('one.img'), {
      sizeMebibytes: 32,
      files: { [path.slice(1)]: asleep(), 'etc/fstab': table },
    });
    expectRefusal(disk, path);
  });

  test('scan says that it sleeps', () => {
    const disk = createLinuxDisk(at('scan.img'), { files: { 'swap.img': asleep() } });
    expect(sparekeyJson(['scan', '--disk', disk]).document.volumes[0]).toMatchObject({
      isHibernated: true,
      sleepsIn: '/swap.img',
    });
    expect(sparekey(['scan', '--disk', disk]).stdout).toContain('hibernated');
  });

  test('also in a subvolume of btrfs, where fstab mounts another one', () => {
    const disk = at('btrfs.img');
    writeFiles(at('btrfs'), {
      'etc/os-release': 'NAME=Arch\nID=arch\n',
      'etc/passwd': linuxFiles.files?.['etc/passwd'] ?? '',
      'etc/shadow': linuxFiles.files?.['etc/shadow'] ?? '',
      'etc/fstab': fstab('UUID=1 /deep/swap btrfs subvol=/@nap 0 0', '/deep/swap/file none swap defaults 0 0'),
      '@nap/file': asleep(),
    });
    closeSync(openSync(disk, 'w'));
    run('truncate', ['--size', '128M', disk]);
    run('mkfs.btrfs', ['--quiet', '--rootdir', at('btrfs'), disk]);
    expectRefusal(disk, '/@nap/file');
  });

  test('also on another volume of the machine than the fstab that names it', () => {
    const disk = at('two.img');
    const system = ext4('root', (root) => {
      writeFiles(root, {
        ...linuxFiles.files,
        'etc/fstab': fstab('UUID=2 /data ext4 defaults 0 2', '/data/nap/deep.swap none swap sw 0 0'),
      });
    });
    const data = ext4('data', (root) => writeFiles(root, { 'nap/deep.swap': asleep() }));
    const partition = (name: string, fill: GptPartition['fill']): GptPartition => ({
      name,
      type: 'linux',
      uuid: `0000000${name.length}-0000-4000-8000-000000000000`,
      sizeMebibytes: 32,
      ...(fill && { fill }),
    });
    createGptDisk(
      disk,
      [partition('root', system), partition('more', data)].map((each, index) => ({
        ...each,
        uuid: `0000000${index + 1}-0000-4000-8000-000000000000`,
      })),
    );
    expectRefusal(disk, '/nap/deep.swap');
  });

  test('of a swap file of six gigabytes only the first page is read', () => {
    const disk = createExtImage(at('large.img'), {
      ...linuxFiles,
      sizeMebibytes: 64,
      populate: (root) => {
        linuxFiles.populate?.(root);
        writeFileSync(`${root}/swapfile`, asleep());
        run('truncate', ['--size', '6G', `${root}/swapfile`]);
      },
    });
    expectRefusal(disk, '/swapfile');
  });
});

test('a swap file in which nobody sleeps keeps nobody out, nor do other things of its name', () => {
  for (const [name, files] of [
    ['awake', { swapfile: swapArea() }],
    ['folder', { 'swapfile/readme': 'x', 'swap.img': '' }],
    ['device', { 'etc/fstab': fstab('/dev/sda2 none swap sw 0 0', '/gone none swap sw 0 0') }],
  ] as const) {
    const disk = createLinuxDisk(at(`${name}.img`), { files });
    const { exitCode, stderr } = sparekey(resetArgs(disk, 'bob'), 'brand new\n');
    expect(exitCode, stderr).toBe(0);
  }
});

test('waking it up and shutting it down lets the reset through', () => {
  const disk = createLinuxDisk(at('woken.img'), { files: { 'swap.img': asleep() } });
  expectRefusal(disk, '/swap.img');
  copyFileSync(disk, at('copy.img'));
  const offset = readFileSync(disk).indexOf('S1SUSPEND');
  poke(disk, offset, Buffer.from('SWAPSPACE2'));
  expect(sparekey(resetArgs(disk, 'bob'), 'brand new\n').exitCode).toBe(0);
});
