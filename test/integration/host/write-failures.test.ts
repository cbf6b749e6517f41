import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStorage } from '../../../src/host/storage/storage.ts';
import type { WritableTree } from '../../../src/model/tree.ts';
import { complaintsOf, createExtImage, type ExtType, loopsOver, readWithDebugfs } from '../../support/disk-image.ts';
import { leasing } from '../../support/leasing.ts';
import { run } from '../../support/tools.ts';

const storage = createStorage();
let folder: string;
const at = (name: string) => join(folder, name);
const files = { 'etc/shadow': 'root:*:1::::::\n' };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-write-failures-'));
});

afterAll(async () => {
  await storage[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const leased = <T>(path: string, work: (tree: WritableTree) => Promise<T>) => leasing(storage, path, work);

const replace = (tree: WritableTree, content: string | Uint8Array = 'new') =>
  tree.replaceFile('/etc/shadow', Buffer.from(content), '.temporary');

test('a full file system: no-space, and everything as it was', async () => {
  const path = createExtImage(at('full.img'), { files, sizeMebibytes: 4, options: ['-m', '0'] });
  await leased(path, async (tree) => {
    await expect(replace(tree, Buffer.alloc(8 << 20))).rejects.toMatchObject({ code: 'no-space' });
    await expect(tree.createFile('/big', Buffer.alloc(8 << 20))).rejects.toMatchObject({ code: 'no-space' });
    expect((await tree.list('/etc')).map(({ name }) => name)).toEqual(['shadow']);
    expect((await tree.list('/')).map(({ name }) => name).toSorted()).toEqual(['etc', 'lost+found']);
  });
  expect(readWithDebugfs(path, '/etc/shadow')).toBe(files['etc/shadow']);
  expect(complaintsOf(path)).toBe('');
});

/** Makes a file system with no room left around a sparse image, so that writes to the image's holes fail. */
const onFullHost = async (name: string, create: (folder: string) => string, work: (image: string) => Promise<void>) => {
  const small = at(name);
  mkdirSync(small);
  run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'sparekey-test', small]);
  try {
    const image = create(small);
    const room = run('df', ['--output=avail', '--block-size=1', small]).trim().split('\n').at(-1);
    writeFileSync(join(small, 'filler'), Buffer.alloc(Number(room)));
    await work(image);
  } finally {
    run('umount', [small]);
  }
};

const createSparseExt = (type: ExtType) => (folder: string) =>
  createExtImage(join(folder, 'disk.img'), {
    files,
    type,
    sizeMebibytes: 64,
    options: ['-J', 'size=4'].slice(0, type === 'ext2' ? 0 : 2),
  });

test('an image for whose growth the host has no room: no-space, the old file stands', async () => {
  await onFullHost('full-host', createSparseExt('ext2'), async (image) => {
    const writing = leased(image, (tree) => replace(tree, Buffer.alloc(1 << 20, 'x')));
    await expect(writing).rejects.toMatchObject({ code: 'no-space' });
    expect(loopsOver(image)).toBe('');
    expect(readWithDebugfs(image, '/etc/shadow')).toBe(files['etc/shadow']);
  });
});

test.each(['ext2', 'ext4'] as const)(
  'a disk with %s that fails to write: write-failed, the old file stands',
  async (type) => {
    // Through a second loop device, over the first as a disk with a partition, the kernel tells EIO instead of ENOSPC.
    const createDisk = (folder: string) => {
      const disk = join(folder, 'disk.img');
      const filesystem = createSparseExt(type)(at('.'));
      run('truncate', ['--size=66M', disk]);
      run('sfdisk', ['--quiet', disk], 'label: dos\nstart=2048, size=64MiB\n');
      run('dd', [`if=${filesystem}`, `of=${disk}`, 'bs=64k', 'seek=16', 'conv=notrunc,sparse', 'status=none']);
      return disk;
    };
    await onFullHost(`failing-${type}`, createDisk, async (image) => {
      const device = run('losetup', ['--find', '--show', image]).trim();
      try {
        const writing = leased(device, (tree) => replace(tree, Buffer.alloc(1 << 20, 'x')));
        await expect(writing).rejects.toMatchObject({ code: 'write-failed', details: { reason: 'EIO' } });
        expect(loopsOver(device)).toBe('');
      } finally {
        run('losetup', ['--detach', device]);
      }
      expect(readWithDebugfs(`${image}?offset=1048576`, '/etc/shadow')).toBe(files['etc/shadow']);
    });
  },
);
