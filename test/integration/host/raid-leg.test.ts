import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { sha256, writeFiles } from '../../support/disk-image.ts';
import { createGptDisk, type Extent, ext4 } from '../../support/gpt-disk.ts';
import { linuxFiles } from '../../support/linux-disk.ts';
import { createPartitioned, scratchStorage } from '../../support/scratch.ts';
import { resetArgs, sparekey, sparekeyJson } from '../../support/sparekey.ts';
import { run } from '../../support/tools.ts';

const { storage, at } = scratchStorage('raid');
const helper = fileURLToPath(new URL('../../support/raid-superblock.py', import.meta.url));
const addRaid = (kind: string, path: string): string => run('python3', [helper, kind, path]);
const typeOf = (path: string): string => run('blkid', ['-p', '-o', 'value', '-s', 'TYPE', path]).trim();

const system = ext4('root', (root) => {
  writeFiles(root, linuxFiles.files ?? {});
  linuxFiles.populate?.(root);
});

/** A disk with a table and a system on its first partition, and room at the end. */
const createLeg = (name: string, kind: string, table: 'gpt' | 'dos'): string => {
  const path = at(name);
  if (table === 'gpt') {
    createGptDisk(path, [
      { name: 'root', type: 'linux', sizeMebibytes: 32, fill: system },
      { name: 'free', type: 'linux', sizeMebibytes: 8 },
    ]);
  } else {
    createPartitioned(path, 48, 'label: dos\nstart=2048, size=32MiB\n');
    const extent: Extent = { number: 1, name: 'root', offsetBytes: 1 << 20, sizeBytes: 32 << 20 };
    system(path, extent);
  }
  if (kind !== '') addRaid(kind, path);
  return path;
};

/** Attaches an image as a disk whose partitions the kernel shows, for as long as the work lasts. */
const asDisk = async (image: string, work: (device: string) => Promise<void>): Promise<void> => {
  const device = run('losetup', ['--find', '--show', image]).trim();
  try {
    run('partx', ['--add', device]);
    await work(device);
  } finally {
    // Detached, the device would keep its partitions, for whoever gets it next.
    spawnSync('partx', ['--delete', device]);
    run('losetup', ['--detach', device]);
  }
};

/** Everything that would write is refused with the reason and the way out, and nothing is written. */
const expectRefusal = (source: string, on: readonly string[], image: string): void => {
  const before = sha256(image);
  const { exitCode, stderr } = sparekey([...resetArgs(source, 'bob'), ...on], 'brand new\n');
  expect(stderr).toContain('RAID');
  expect(stderr).toContain('mdadm');
  expect(exitCode).toBe(3);
  expect(sha256(image)).toBe(before);
};

describe.each([
  ['linux-1.0', 'gpt'],
  ['linux-0.90', 'dos'],
  ['intel', 'gpt'],
  ['ddf', 'dos'],
] as const)('a whole disk that is a member of a RAID: %s, table %s', (kind, table) => {
  test('its partitions are shown and never written', async () => {
    const image = createLeg(`${kind}-${table}.img`, kind, table);
    expect(typeOf(image)).toMatch(/_raid_member$/);
    await asDisk(image, async (device) => {
      const partition = `${device}p1`;
      expect(typeOf(partition)).toBe('ext4');
      for (const source of [device, partition]) {
        const [disk] = await storage.survey([await storage.identify(source)]);
        const volume = disk?.volumes.find(({ path }) => path === partition);
        expect(volume).toMatchObject({ raidMember: typeOf(image), filesystem: { type: 'ext4' } });
        if (!volume) throw new Error('the partition is shown');
        expect(storage.canLook(volume)).toBe(false);
        await expect(storage.lease(volume)).rejects.toMatchObject({ code: 'raid-member' });
      }
      expectRefusal(partition, [], image);
      if (kind !== 'linux-1.0') return;
      expectRefusal(device, [], image);
      expectRefusal(device, ['--on', partition.replace('/dev/', '')], image);
      expect(sparekey(['scan', '--disk', device]).stdout).toContain('RAID');
    });
  });

  test('as an image it is refused too', () => {
    const image = createLeg(`image-${kind}.img`, kind, table);
    expectRefusal(image, [], image);
  });
});

test('a disk that is in no RAID is what it was: its partitions are offered', async () => {
  const image = createLeg('alone.img', '', 'gpt');
  await asDisk(image, async (device) => {
    const { document } = sparekeyJson(['scan', '--disk', device]);
    expect(document.systems).toMatchObject([{ profile: 'debian' }]);
    expect(document.volumes[0]).not.toHaveProperty('raidMember');
    expect(sparekey(resetArgs(`${device}p1`, 'bob'), 'brand new\n').exitCode).toBe(0);
  });
});

test.each(['linux-1.0', 'intel'])('a partition that is a member by itself, %s at its end, is refused', (kind) => {
  const image = at(`partition-${kind}.img`);
  const [extent] = createGptDisk(image, [{ name: 'root', type: 'linux', sizeMebibytes: 32, fill: system }]);
  if (!extent) throw new Error('one partition');
  const leg = at('leg');
  run('dd', [
    `if=${image}`,
    `of=${leg}`,
    'bs=1M',
    `skip=${extent.offsetBytes >> 20}`,
    `count=${extent.sizeBytes >> 20}`,
    'status=none',
  ]);
  addRaid(kind, leg);
  run('dd', [`if=${leg}`, `of=${image}`, 'bs=1M', `seek=${extent.offsetBytes >> 20}`, 'conv=notrunc', 'status=none']);
  expectRefusal(image, [], image);
});

test('files can still be read from one copy of a mirror', async () => {
  const image = createLeg('read.img', 'linux-1.0', 'gpt');
  await asDisk(image, async (device) => {
    expect(sparekey(['cat', '/etc/debian_version', '--disk', `${device}p1`]).stdout).toBe('12.7\n');
  });
});
