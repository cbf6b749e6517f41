import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Disk } from '../../../src/model/storage.ts';
import { createExtImage, createSparse, flagErrors, poke, sha256, unplug } from '../../support/disk-image.ts';
import { createPartitioned, scratchStorage } from '../../support/scratch.ts';
import { run } from '../../support/tools.ts';

const mebibyte = 1 << 20;
const { storage, at } = scratchStorage('survey');

/** Surveys one source, and proves on the way that nothing of it was changed. */
const survey = async (path: string): Promise<Disk> => {
  const before = sha256(path);
  const [disk] = await storage.survey([await storage.identify(path)]);
  expect(sha256(path)).toBe(before);
  if (disk === undefined) throw new Error('a source is a disk');
  return disk;
};

const sfdisk = (name: string, sizeMebibytes: number, script: string) =>
  createPartitioned(at(name), sizeMebibytes, script);

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
  // Without checksums, so that a label that was poked in does not make the superblock a broken one.
  const escapes = createExtImage(at('label.img'), { options: ['-O', '^metadata_csum'] });
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
