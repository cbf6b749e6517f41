import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStorage } from '../../../src/host/storage.ts';
import type { Disk } from '../../../src/model/storage.ts';
import { createExtImage, createSparse, flagErrors, poke, sha256, unplug } from '../../support/disk-image.ts';
import { run } from '../../support/tools.ts';

const mebibyte = 1 << 20;
const storage = createStorage();
let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-survey-'));
});

afterAll(async () => {
  await storage[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Surveys one source, and proves on the way that nothing of it was changed. */
const survey = async (path: string): Promise<Disk> => {
  const before = sha256(path);
  const [disk] = await storage.survey([await storage.identify(path)]);
  expect(sha256(path)).toBe(before);
  if (disk === undefined) throw new Error('a source is a disk');
  return disk;
};

const sfdisk = (name: string, sizeMebibytes: number, script: string): string => {
  createSparse(at(name), sizeMebibytes);
  run('sfdisk', ['--quiet', at(name)], script);
  return at(name);
};

const layInto = (image: string, offsetBytes: number, filesystem: string) =>
  run('dd', [`if=${filesystem}`, `of=${image}`, 'bs=64k', `seek=${offsetBytes}`, 'oflag=seek_bytes', 'conv=notrunc']);

test('a GPT disk: partitions by number, name and PARTUUID, each with its file system', async () => {
  const uuid = 'a52a4597-fa3a-4851-aefd-2fbe9f849079';
  const script = `label: gpt\nlabel-id: 11111111-2222-3333-4444-555555555555\nsize=8MiB, name="boot"\nsize=16MiB, name="hassos-data", uuid=${uuid}\n`;
  const path = sfdisk('gpt.img', 32, script);
  layInto(path, 9 * mebibyte, createExtImage(at('data.img'), { label: 'hassos-data' }));

  const disk = await survey(path);
  expect(disk).toMatchObject({
    id: '11111111-2222-3333-4444-555555555555',
    path,
    table: 'gpt',
    sizeBytes: 32 * mebibyte,
    transport: 'file',
    isRunningSystem: false,
  });
  expect(disk.volumes).toHaveLength(2);
  expect(disk.volumes[0]).toMatchObject({ selector: 'gpt.img:1', number: 1, partLabel: 'boot' });
  expect(disk.volumes[0]).not.toHaveProperty('filesystem');
  expect(disk.volumes[1]).toMatchObject({
    id: `11111111-2222-3333-4444-555555555555/${uuid}`,
    selector: 'gpt.img:2',
    kind: 'image',
    number: 2,
    offsetBytes: 9 * mebibyte,
    sizeBytes: 16 * mebibyte,
    partLabel: 'hassos-data',
    partUuid: uuid,
    isInUse: false,
    isHibernated: false,
    filesystem: { type: 'ext4', label: 'hassos-data', state: 'clean' },
  });
});

test('an MBR disk: the logical partitions are volumes, the extended one is not', async () => {
  const path = sfdisk(
    'mbr.img',
    64,
    'label: dos\nlabel-id: 0x48617373\n1: size=8MiB, type=c\n2: size=40MiB, type=5\n5: size=8MiB\n6: size=8MiB\n',
  );
  const disk = await survey(path);
  expect(disk).toMatchObject({ table: 'dos', id: '48617373' });
  expect(disk.volumes.map(({ selector }) => selector)).toEqual(['mbr.img:1', 'mbr.img:5', 'mbr.img:6']);
  expect(disk.volumes[0]).toMatchObject({ partUuid: '48617373-01', offsetBytes: mebibyte });
});

test('a hybrid disk counts by its GPT', async () => {
  const path = sfdisk(
    'hybrid.img',
    64,
    'label: gpt\nsize=8MiB, name="one"\nsize=8MiB, name="two"\nsize=8MiB, name="three"\n',
  );
  run('sgdisk', ['--hybrid=1:2', path]);
  const disk = await survey(path);
  expect(disk.table).toBe('gpt');
  expect(disk.volumes.map(({ partLabel }) => partLabel)).toEqual(['one', 'two', 'three']);
});

test('a GPT disk with sectors of 4096 bytes', async () => {
  createSparse(at('4k.img'), 32);
  const device = run('losetup', ['--find', '--show', '--sector-size', '4096', at('4k.img')]).trim();
  try {
    run(
      'sfdisk',
      ['--quiet', '--no-reread', '--no-tell-kernel', device],
      'label: gpt\nsize=8MiB, name="one"\nsize=16MiB, name="two"\n',
    );
  } finally {
    run('losetup', ['--detach', device]);
  }
  layInto(at('4k.img'), 9 * mebibyte, createExtImage(at('4k-data.img'), { label: 'four' }));
  const disk = await survey(at('4k.img'));
  expect(disk.table).toBe('gpt');
  expect(disk.volumes).toHaveLength(2);
  expect(disk.volumes[1]).toMatchObject({ offsetBytes: 9 * mebibyte, filesystem: { label: 'four' } });
});

test.each(['ext2', 'ext3', 'ext4'] as const)(
  'a bare %s file system is one volume, told as dumpe2fs tells it',
  async (type) => {
    const path = createExtImage(at(`${type}.img`), {
      type,
      label: 'bare',
      files: { 'etc/os-release': 'x'.repeat(100_000) },
    });
    const disk = await survey(path);
    expect(disk).not.toHaveProperty('table');
    expect(disk.volumes).toHaveLength(1);
    const { filesystem, ...volume } = disk.volumes[0] ?? {};
    expect(volume).toMatchObject({ selector: `${type}.img`, offsetBytes: 0, sizeBytes: 16 * mebibyte });

    const told = new Map(
      run('dumpe2fs', ['-h', path])
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
    );
    const count = (name: string) => Number(told.get(name));
    expect(filesystem).toEqual({
      type,
      label: told.get('Filesystem volume name'),
      uuid: told.get('Filesystem UUID'),
      state: 'clean',
      usedBytes: (count('Block count') - count('Free blocks')) * count('Block size'),
      writtenAtMs: Date.parse(told.get('Last write time') ?? ''),
    });
    expect(disk.id).toBe(told.get('Filesystem UUID'));
  },
);

test('an unplugged file system is dirty, a damaged one has errors, one without superblock is none', async () => {
  const dirty = createExtImage(at('dirty.img'));
  unplug(dirty);
  const damaged = createExtImage(at('damaged.img'));
  flagErrors(damaged);
  const wiped = createExtImage(at('wiped.img'));
  poke(wiped, 1024, new Uint8Array(1024));
  const halfWritten = createExtImage(at('half.img'), { type: 'ext2' });
  run('debugfs', ['-w', '-R', 'set_super_value state 0', halfWritten]);

  expect((await survey(dirty)).volumes[0]?.filesystem?.state).toBe('dirty');
  expect((await survey(damaged)).volumes[0]?.filesystem?.state).toBe('errors');
  expect((await survey(halfWritten)).volumes[0]?.filesystem?.state).toBe('errors');
  expect((await survey(wiped)).volumes[0]?.filesystem).toBeUndefined();
});

test('labels come through byte for byte, whatever they hold', async () => {
  const escapes = createExtImage(at('label.img'));
  poke(escapes, 1024 + 0x78, Buffer.from('\x1b[31m\n\xff"\\x41$(id)', 'latin1').subarray(0, 16));
  expect((await survey(escapes)).volumes[0]?.filesystem?.label).toBe('\x1b[31m\n\udcff"\\x41$(id'.slice(0, 16));

  createSparse(at('swap.img'), 4);
  run('mkswap', ['--label', 'a\nTYPE=ext4', at('swap.img')]);
  const swap = (await survey(at('swap.img'))).volumes[0];
  expect(swap?.filesystem).toMatchObject({ type: 'swap', label: 'a\nTYPE=ext4' });
  expect(swap?.isHibernated).toBe(false);

  const named = sfdisk('named.img', 16, 'label: gpt\nsize=8MiB\n');
  run('sgdisk', ['--change-name=1:é "\\\u001b[1m', named]);
  expect((await survey(named)).volumes[0]?.partLabel).toBe('é "\\\u001b[1m');
});

test('swap that holds a sleeping system is seen', async () => {
  createSparse(at('sleeping.img'), 4);
  run('mkswap', [at('sleeping.img')]);
  poke(at('sleeping.img'), 4096 - 10, Buffer.from('S1SUSPEND\0'));
  expect((await survey(at('sleeping.img'))).volumes[0]?.isHibernated).toBe(true);
});

test('clones and repeated partition UUIDs keep apart', async () => {
  const uuid = 'a52a4597-fa3a-4851-aefd-2fbe9f849079';
  const path = sfdisk('first.img', 32, 'label: gpt\nsize=8MiB\nsize=8MiB\n');
  // Two entries with one UUID, as no tool makes them: the checksums are told anew by sgdisk.
  run('sgdisk', [`--partition-guid=1:${uuid}`, `--partition-guid=2:${uuid}`, path]);
  run('cp', [path, at('second.img')]);
  mkdirSync(at('elsewhere'));
  run('cp', [path, at('elsewhere/first.img')]);
  const paths = [path, at('second.img'), at('elsewhere/first.img'), path];
  const sources = paths.map((each) => ({ kind: 'image', path: each }) as const);
  const disks = await storage.survey(sources);
  const ids = [...disks, ...disks.flatMap(({ volumes }) => volumes)].map(({ id }) => id);
  expect(ids).toHaveLength(9);
  expect(new Set(ids).size).toBe(9);
  for (const disk of disks) for (const volume of disk.volumes) expect(volume.diskId).toBe(disk.id);
});

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
  run('gzip', ['--keep', at('ext4.img')]);
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
