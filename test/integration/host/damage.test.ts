import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { parseMountinfo } from '../../../src/formats/mountinfo.ts';
import { createMounts, type MountedVolume } from '../../../src/host/mounts/mounts.ts';
import type { Volume } from '../../../src/model/storage.ts';
import { createExtImage, poke } from '../../support/disk-image.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { sparekey, sparekeyJson } from '../../support/sparekey.ts';
import { run } from '../../support/tools.ts';
import { volumeOf } from '../../support/volume.ts';

/** Nothing here meets damage: on a machine where the options were missing, that would be its end. */
const at = scratchFolder('damage');
const mounts = createMounts();
afterAll(() => mounts[Symbol.asyncDispose]());

const imageOf = (path: string, type: string): Volume => {
  const sizeBytes = 16 << 20;
  return volumeOf({ kind: 'image', path, offsetBytes: 0, sizeBytes, filesystem: { type, state: 'clean' } });
};

/** An ext that asks for a panic in each of the two places of its superblock that have a word for it. */
const createPanicking = (type: 'ext2' | 'ext3' | 'ext4'): Volume => {
  const path = createExtImage(at(`${type}.img`), { type });
  run('tune2fs', ['-e', 'panic', '-E', 'mount_opts=errors=panic', path]);
  return imageOf(path, type);
};

/** What the kernel itself says that a mount does: mountinfo leaves out what the superblock says too. */
const onDamage = ({ root }: MountedVolume): string => {
  const [, pid, mountPoint] = /^\/proc\/(\d+)\/root(\/.*)$/.exec(root) ?? [];
  const facts = parseMountinfo(readFileSync(`/proc/${pid}/mountinfo`)).find((each) => each.mountPoint === mountPoint);
  return facts?.options.filter((option) => option.startsWith('errors=')).join() ?? 'not mounted';
};

test.each(['ext2', 'ext3', 'ext4'] as const)(
  '%s that asks for a panic is looked at and written to without',
  async (type) => {
    const volume = createPanicking(type);
    {
      await using look = await mounts.look(volume);
      expect(onDamage(look)).toBe('errors=continue');
    }
    for (const asked of [[], ['noload', 'sb=1']]) {
      await using look = await mounts.look(volume, asked);
      expect(onDamage(look)).toBe('errors=continue');
    }
    const device = run('losetup', ['--find', '--show', volume.path]).trim();
    try {
      await using look = await mounts.lookThrough(volume, device);
      expect(onDamage(look)).toBe('errors=continue');
    } finally {
      run('losetup', ['--detach', device]);
    }
    await using lease = await mounts.lease(volume);
    expect(onDamage(lease)).toBe('errors=remount-ro');
  },
);

test.each([
  ['a bad entry', '^metadata_csum', -4, [13, 0]],
  ['a wrong checksum', 'metadata_csum', 0, [0x45]],
] as const)(
  '%s in the root folder: a scan goes on, and tells that it did not see everything',
  async (_, feature, shift, bytes) => {
    // Without a word that asks for a panic.
    const path = createExtImage(at('damaged.img'), {
      files: { 'etc/os-release': 'ID=debian\n' },
      options: ['-b', '1024', '-O', feature],
    });
    const block = Number(run('debugfs', ['-R', 'bmap <2> 0', path])) * 1024;
    poke(path, readFileSync(path).indexOf('etc', block) + shift, Uint8Array.from(bytes));
    expect(sparekeyJson(['scan', '--disk', path]).document.warnings).toMatchObject([{ code: 'partly-unread' }]);
    expect(sparekey(['scan', '--disk', path]).stdout).toContain('could not be examined to its end');
  },
);
