import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createExtImage, createSparse, loopsOver, sha256, unplug } from '../../support/disk-image.ts';
import { recover, sparekey } from '../../support/recovery.ts';
import { run, statusOf } from '../../support/tools.ts';

/** Disks whose machine was unplugged, of every kind that keeps a journal: people are told which state they see. */

/** Where the kernel has no snapshots, as on many build machines, the journal is left out. */
const hasSnapshots = 'modprobe -q dm-snapshot; dmsetup targets 2>/dev/null | grep -q "^snapshot "';
const expected = statusOf('sh', ['-c', hasSnapshots]) === 0 ? 'newest' : 'without-journal';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-unclean-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const make = {
  ext4: (path: string) => void createExtImage(path, { sizeMebibytes: 64 }),
  xfs: (path: string) => {
    createSparse(path, 320);
    run('mkfs.xfs', ['-q', path]);
  },
  btrfs: (path: string) => {
    createSparse(path, 128);
    run('mkfs.btrfs', ['-q', path]);
  },
} as const;

test.each(['ext4', 'xfs', 'btrfs'] as const)(
  '%s: put away, it is read as it is; unplugged, that is said; neither is written to',
  (type) => {
    const image = join(folder, `${type}.img`);
    make[type](image);
    expect(JSON.parse(sparekey(['ls', '/', '--disk', image, '--json']).stdout.toString()).reading).toBe('as-is');
    unplug(image);
    const before = sha256(image);
    const { receipt } = recover(image, ['/'], join(folder, type));
    expect(receipt.reading).toBe(expected);
    const { stdout, stderr } = sparekey(['ls', '/', '--disk', image]);
    expect(stderr.toString()).toContain(
      expected === 'newest' ? 'the newest' : 'without the last writes in its journal',
    );
    expect(stdout.toString().includes('late')).toBe(expected === 'newest');
    expect(sha256(image)).toBe(before);
    expect(loopsOver(image)).toBe('');
  },
);
