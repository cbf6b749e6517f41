import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createExtImage, createSparse, sha256, unplug } from '../support/disk-image.ts';
import { run, withFolderAsync } from '../support/tools.ts';
import { finish, jobOf, patienceMs, reportOf, start } from './job.ts';
import { Stick } from './stick.ts';

/**
 * Disks whose machine was unplugged: their last writes stand in the journal only. Our system finishes them in memory,
 * which takes device-mapper, and so the real image.
 */

const recover = (label: string) => `  - recover: { on: LABEL=${label}, paths: [/late], to: stick }\n`;

const createUnplugged = (folder: string): readonly string[] => {
  const ext4 = createExtImage(join(folder, 'ext4.img'), { sizeMebibytes: 64, label: 'late-ext4' });
  const [xfs, btrfs] = [join(folder, 'xfs.img'), join(folder, 'btrfs.img')];
  createSparse(xfs, 320);
  run('mkfs.xfs', ['-q', '-L', 'late-xfs', xfs]);
  createSparse(btrfs, 128);
  run('mkfs.btrfs', ['-q', '-L', 'late-btrfs', btrfs]);
  for (const image of [ext4, xfs, btrfs]) unplug(image);
  return [ext4, xfs, btrfs];
};

test('what stood in the journal alone is recovered, and no byte of the disks changes', async () => {
  await withFolderAsync(async (folder) => {
    const stick = new Stick(folder);
    const images = createUnplugged(folder);
    const before = images.map(sha256);
    stick.write(
      'sparekey.yaml',
      jobOf(['late-ext4', 'late-xfs', 'late-btrfs'].map(recover).join(''), 'then: poweroff\n'),
    );
    const patients = images.map((path) => ({ path, bus: 'virtio' }) as const);
    await using machine = await start(stick, patients);
    // Three disks, each looked at in several ways, on an emulated processor.
    await machine.waitFor(/Running “try”/, patienceMs);
    await machine.waitFor(/Step 3 of 3/, 2 * patienceMs);
    await finish(machine);
    expect(reportOf(stick)).toMatchObject({
      status: 'done',
      steps: images.map(() => ({ status: 'done', recovered: { reading: 'newest', files: 1 } })),
    });
    expect(stick.read('sparekey-report.txt')?.toString()).toContain('the newest');
    expect(images.map(sha256)).toEqual(before);
    // By the kernel's own hand, on a copy: it is really there, and was really not in its place before.
    const [ext4 = ''] = images;
    copyFileSync(ext4, `${ext4}.copy`);
    expect(run('debugfs', ['-R', 'ls -p /', `${ext4}.copy`])).not.toContain('/late/');
    expect(run('sh', ['-c', 'e2fsck -fy "$1" >/dev/null; debugfs -R "ls -p /" "$1"', 'sh', `${ext4}.copy`])).toContain(
      '/late/',
    );
  });
});
