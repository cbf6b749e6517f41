import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createExtImage } from '../../support/disk-image.ts';
import { createPartitioned, scratchStorage } from '../../support/scratch.ts';
import { run } from '../../support/tools.ts';

const mebibyte = 1 << 20;
const { storage, at } = scratchStorage('machine');

const sfdisk = (name: string, sizeMebibytes: number, script: string) =>
  createPartitioned(at(name), sizeMebibytes, script);

const layInto = (image: string, offsetBytes: number, filesystem: string) =>
  run('dd', [`if=${filesystem}`, `of=${image}`, 'bs=64k', `seek=${offsetBytes}`, 'oflag=seek_bytes', 'conv=notrunc']);

test('a folder is a disk with one volume', async () => {
  mkdirSync(at('system'));
  const [disk] = await storage.survey([await storage.identify(at('system'))]);
  expect(disk).toMatchObject({ path: at('system'), transport: 'file', isRunningSystem: false });
  expect(disk?.volumes).toHaveLength(1);
  expect(disk?.volumes[0]).toMatchObject({ kind: 'folder', path: at('system'), selector: at('system') });
});

test('the root that we run in is known by any name', async () => {
  symlinkSync('/', at('root-link'));
  for (const path of ['/', '/proc/self/root', at('root-link')]) {
    const [disk] = await storage.survey([await storage.identify(path)]);
    expect(disk?.isRunningSystem).toBe(true);
    const [volume] = disk?.volumes ?? [];
    if (volume) await expect(storage.lease(volume)).rejects.toMatchObject({ code: 'running-system' });
  }
});

test('without sources: the disks of the machine, and the one that carries / is marked and told from the kernel alone', async () => {
  const disks = await storage.survey([]);
  const root = disks.find(({ volumes }) => volumes.some(({ mountPoints }) => mountPoints.includes('/')));
  expect(root?.isRunningSystem).toBe(true);
  expect(disks.every(({ path }) => !path.startsWith('/dev/loop'))).toBe(true);
});

test('a stick that a live system has its root from belongs to the running system', async () => {
  mkdirSync(at('live'));
  writeFileSync(at('live/file'), 'x');
  run('mksquashfs', [at('live'), at('live.squashfs'), '-quiet', '-no-progress']);
  const stick = createExtImage(at('stick.img'), { populate: (root) => run('cp', [at('live.squashfs'), root]) });
  const device = run('losetup', ['--find', '--show', stick]).trim();
  const mountPoints = [at('medium'), at('rootfs')] as const;
  for (const mountPoint of mountPoints) mkdirSync(mountPoint);
  try {
    run('mount', ['-o', 'ro', device, mountPoints[0]]);
    run('mount', ['-o', 'ro,loop', join(mountPoints[0], 'live.squashfs'), mountPoints[1]]);
    const [disk] = await storage.survey([{ kind: 'device', path: device }]);
    expect(disk?.isRunningSystem).toBe(true);
    const [volume] = disk?.volumes ?? [];
    if (volume) await expect(storage.lease(volume)).rejects.toMatchObject({ code: 'running-system' });
  } finally {
    spawnSync('umount', [mountPoints[1]]);
    spawnSync('umount', [mountPoints[0]]);
    run('losetup', ['--detach', device]);
  }
});

test('a device whose partitions the kernel does not show', async () => {
  const path = sfdisk('hidden.img', 32, 'label: gpt\nsize=8MiB, name="one"\nsize=16MiB, name="two"\n');
  layInto(path, 9 * mebibyte, createExtImage(at('hidden-data.img'), { label: 'hidden' }));
  const device = run('losetup', ['--find', '--show', '--read-only', path]).trim();
  try {
    const source = await storage.identify(device);
    expect(source).toEqual({ kind: 'device', path: device });
    const [disk] = await storage.survey([source]);
    expect(disk).toMatchObject({ path: device, table: 'gpt', isRunningSystem: false });
    expect(disk?.volumes[1]).toMatchObject({
      kind: 'device',
      path: device,
      selector: `${device.replace('/dev/', '')}p2`,
      offsetBytes: 9 * mebibyte,
      filesystem: { label: 'hidden' },
      isReadOnly: true,
    });
    // The image under it is in use then, byte range by byte range.
    const [image] = await storage.survey([{ kind: 'image', path }]);
    expect(image?.volumes.map(({ isInUse }) => isInUse)).toEqual([true, true]);
  } finally {
    run('losetup', ['--detach', device]);
  }
});

test('what is no source is said to be none', async () => {
  run('mkfifo', [at('fifo')]);
  writeFileSync(at('empty'), '');
  writeFileSync(at('image.xz'), Buffer.from('fd377a585a0000', 'hex'));
  run('gzip', ['--keep', createExtImage(at('ext4.img'))]);
  writeFileSync(at('disk.qcow2'), Buffer.from('QFI\xfb\0\0\0\x03', 'latin1'));
  const kinds = { fifo: 'fifo', empty: 'empty', 'image.xz': 'xz', 'ext4.img.gz': 'gzip', 'disk.qcow2': 'qcow2' };
  for (const [name, kind] of Object.entries(kinds)) {
    await expect(storage.identify(at(name))).rejects.toMatchObject({ code: 'source-unusable', details: { kind } });
  }
  await expect(storage.identify('/dev/null')).rejects.toMatchObject({ details: { kind: 'character-device' } });
  await expect(storage.survey([{ kind: 'image', path: at('nowhere') }])).rejects.toMatchObject({
    code: 'source-missing',
  });
  await expect(storage.identify(at('nowhere'))).rejects.toMatchObject({ code: 'source-missing' });
});
