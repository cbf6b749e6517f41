import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStorage } from '../../../src/host/storage.ts';
import type { WriteStep } from '../../../src/host/writing.ts';
import type { Volume } from '../../../src/model/storage.ts';
import type { WritableTree } from '../../../src/model/tree.ts';
import {
  complaintsOf,
  createExtImage,
  type ExtType,
  loopsOver,
  readWithDebugfs,
  sha256,
  unplug,
} from '../../support/disk-image.ts';
import { run } from '../../support/tools.ts';

const storage = createStorage();
let folder: string;
const at = (name: string) => join(folder, name);
const files = { 'etc/shadow': 'root:*:1::::::\n' };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-lease-'));
});

afterAll(async () => {
  await storage[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const volumeOf = async (path: string): Promise<Volume> => {
  const [disk] = await storage.survey([await storage.identify(path)]);
  const [volume] = disk?.volumes ?? [];
  if (volume === undefined) throw new Error('a volume');
  return volume;
};

const leasing = async <T>(path: string, work: (tree: WritableTree) => Promise<T>): Promise<T> => {
  await using lease = await storage.lease(await volumeOf(path));
  return await work(lease.tree);
};

const replace = (tree: WritableTree, content: string | Uint8Array = 'new') =>
  tree.replaceFile('/etc/shadow', Buffer.from(content), '.temporary');

test.each(['ext2', 'ext3', 'ext4'] as const)('%s is written, and sound when it is given back', async (type) => {
  const path = createExtImage(at(`${type}.img`), { type, files });
  await leasing(path, async (tree) => {
    await replace(tree);
    await tree.createFolder('/root');
    await tree.createFile('/root/note', Buffer.from('a note'));
    expect(await tree.status('/root')).toMatchObject({ kind: 'directory', mode: 0o700, uid: 0, gid: 0 });
    expect(await tree.status('/root/note')).toMatchObject({ kind: 'file', mode: 0o600, uid: 0, gid: 0 });
  });
  expect(loopsOver(path)).toBe('');
  expect(complaintsOf(path)).toBe('');
  expect(readWithDebugfs(path, '/etc/shadow')).toBe('new');
  expect(readWithDebugfs(path, '/root/note')).toBe('a note');
  expect((await volumeOf(path)).filesystem?.state).toBe('clean');
});

test('an unplugged volume is sound after a lease', async () => {
  const path = createExtImage(at('unplugged.img'), { files });
  unplug(path);
  await leasing(path, replace);
  expect(complaintsOf(path)).toBe('');
  expect(readWithDebugfs(path, '/late')).toBe('late\n');
});

test('new files and folders: whole, ours alone, gone again', async () => {
  const path = createExtImage(at('new.img'), {
    files: { ...files, 'loose/x': '', file: '' },
    populate: (root) => {
      chmodSync(join(root, 'loose'), 0o777);
      mkdirSync(join(root, 'foreign'));
      run('chown', ['1000', join(root, 'foreign')]);
      symlinkSync('/etc', join(root, 'link'));
    },
  });
  await leasing(path, async (tree) => {
    await tree.createFolder('/ours');
    await tree.createFolder('/ours');
    for (const unsafe of ['/loose', '/foreign', '/link', '/file']) {
      await expect(tree.createFolder(unsafe)).rejects.toMatchObject({ code: 'journal-unsafe' });
    }
    await expect(tree.createFolder('/no/where')).rejects.toMatchObject({ code: 'write-failed' });
    await expect(tree.createFile('/no/where', Buffer.from(''))).rejects.toMatchObject({ code: 'write-failed' });

    await tree.createFile('/ours/a', Buffer.from('first'));
    await expect(tree.createFile('/ours/a', Buffer.from('second'))).rejects.toMatchObject({
      code: 'write-failed',
      details: { reason: 'EEXIST' },
    });
    await expect(tree.createFile('/link', Buffer.from('x'))).rejects.toMatchObject({ code: 'write-failed' });
    expect(Buffer.from((await tree.read('/ours/a')) ?? '').toString()).toBe('first');
    expect(await tree.list('/ours')).toEqual([{ name: 'a', kind: 'file' }]);

    await tree.removeFolder('/ours'); // not empty
    expect(await tree.status('/ours')).toBeDefined();
    await tree.removeFile('/ours/a');
    await tree.removeFile('/ours/a');
    await tree.removeFolder('/ours');
    await tree.removeFolder('/ours');
    await tree.removeFile('/no/where');
    await tree.removeFolder('/no/where');
    expect(await tree.status('/ours')).toBeUndefined();
    await tree.removeFile('/link'); // the link, not what it leads to
    expect(await tree.status('/etc/shadow')).toBeDefined();
  });
  expect(complaintsOf(path)).toBe('');
});

test('a process killed while it makes a file leaves none, and what it leaves instead is no obstacle', async () => {
  const path = createExtImage(at('unfinished.img'), { files });
  const make = (step: WriteStep) => `
    const { createStorage } = await import(${JSON.stringify(import.meta.resolve('../../../src/host/storage.ts'))});
    const storage = createStorage({ onStep: (step) => step === '${step}' && process.kill(process.pid, 'SIGKILL') });
    const [disk] = await storage.survey([{ kind: 'image', path: ${JSON.stringify(path)} }]);
    const lease = await storage.lease(disk.volumes[0]);
    await lease.tree.createFile('/new', Buffer.from('whole'));`;
  for (const step of ['create-temporary', 'write', 'flush', 'link', 'flush-folder'] as const) {
    const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', make(step)]);
    expect(signal).toBe('SIGKILL');
    await expect.poll(() => loopsOver(path), { timeout: 10_000 }).toBe('');
    await leasing(path, async (tree) => {
      const content = await tree.read('/new');
      expect(content?.toString()).toBe(step === 'flush-folder' ? 'whole' : undefined);
      if (content === undefined) await tree.createFile('/new', Buffer.from('again'));
      await tree.removeFile('/new');
      expect((await tree.list('/')).map(({ name }) => name).toSorted()).toEqual(['etc', 'lost+found']);
    });
  }
  expect(complaintsOf(path)).toBe('');
});

test('a full file system: no-space, and everything as it was', async () => {
  const path = createExtImage(at('full.img'), { files, sizeMebibytes: 4, options: ['-m', '0'] });
  await leasing(path, async (tree) => {
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
    const writing = leasing(image, (tree) => replace(tree, Buffer.alloc(1 << 20, 'x')));
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
        const writing = leasing(device, (tree) => replace(tree, Buffer.alloc(1 << 20, 'x')));
        await expect(writing).rejects.toMatchObject({ code: 'write-failed', details: { reason: 'EIO' } });
        expect(loopsOver(device)).toBe('');
      } finally {
        run('losetup', ['--detach', device]);
      }
      expect(readWithDebugfs(`${image}?offset=1048576`, '/etc/shadow')).toBe(files['etc/shadow']);
    });
  },
);

test('a read-only image is refused before anything happens', async () => {
  const path = createExtImage(at('writable.img'), { files });
  const mountPoint = at('read-only');
  mkdirSync(mountPoint);
  run('mount', ['-t', 'tmpfs', 'sparekey-test', mountPoint]);
  try {
    const frozen = join(mountPoint, 'frozen.img');
    run('cp', [path, frozen]);
    run('mount', ['-o', 'remount,ro', mountPoint]);
    const before = sha256(frozen);
    const volume = await volumeOf(frozen);
    expect(volume.isReadOnly).toBe(true);
    await expect(storage.lease(volume)).rejects.toMatchObject({ code: 'read-only-device' });
    await using look = await storage.look(volume);
    expect(await look.tree.read('/etc/shadow')).toBeDefined();
    expect(sha256(frozen)).toBe(before);
  } finally {
    run('umount', ['--lazy', mountPoint]);
  }
});

test('an image in use is refused: mounted, attached, or leased by somebody else', async () => {
  const path = createExtImage(at('used.img'), { files });
  const volume = await volumeOf(path);
  const before = sha256(path);

  const device = run('losetup', ['--find', '--show', '--read-only', path]).trim();
  try {
    expect((await volumeOf(path)).isInUse).toBe(true);
    await expect(storage.lease(volume)).rejects.toMatchObject({ code: 'volume-in-use' });
  } finally {
    run('losetup', ['--detach', device]);
  }
  expect(sha256(path)).toBe(before);

  await using other = createStorage();
  await using lease = await other.lease(volume);
  await expect(storage.lease(volume)).rejects.toMatchObject({ code: 'volume-in-use' });
  await expect(other.lease(volume)).rejects.toMatchObject({ code: 'volume-in-use' });
  await replace(lease.tree);
});

test('an image that a virtual machine holds is refused', async () => {
  const path = createExtImage(at('machine.img'), { files });
  // As QEMU locks its images: open file description locks on bytes 100 and up (block/file-posix.c).
  const script =
    'import fcntl,struct,sys,time\nf=open(sys.argv[1],"r+b")\nfcntl.fcntl(f,37,struct.pack("hhqqi4x",fcntl.F_RDLCK,0,100,1,0))\nprint("held",flush=True)\ntime.sleep(600)';
  const machine = spawn('python3', ['-c', script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await new Promise((resolve) => machine.stdout.once('data', resolve));
    await expect(storage.lease(await volumeOf(path))).rejects.toMatchObject({ code: 'volume-in-use' });
  } finally {
    machine.kill('SIGKILL');
  }
});

test('a block device: leased itself, refused while it is mounted or read-only', async () => {
  const path = createExtImage(at('device.img'), { files });
  const attach = (...options: string[]) => run('losetup', ['--find', '--show', ...options, path]).trim();
  const device = attach();
  const mountPoint = at('mounted');
  mkdirSync(mountPoint);
  try {
    const volume = await volumeOf(device);
    expect(volume).toMatchObject({ kind: 'device', isInUse: false, offsetBytes: 0 });
    run('mount', [device, mountPoint]);
    try {
      expect(await volumeOf(device)).toMatchObject({ isInUse: true, mountPoints: [mountPoint] });
      await expect(storage.lease(volume)).rejects.toMatchObject({
        code: 'volume-in-use',
        details: { mountPoints: [mountPoint] },
      });
    } finally {
      run('umount', [mountPoint]);
    }
    // Mounted where we cannot see it.
    const hidden = spawn('unshare', [
      '--mount',
      'sh',
      '-c',
      'mount "$1" "$2" && echo held && read x',
      'sh',
      device,
      mountPoint,
    ]);
    await new Promise((resolve) => hidden.stdout.once('data', resolve));
    await expect(storage.lease(volume)).rejects.toMatchObject({ code: 'volume-in-use' });
    hidden.stdin.end();
    await new Promise((resolve) => hidden.once('exit', resolve));

    await leasing(device, replace);
  } finally {
    run('losetup', ['--detach', device]);
  }
  expect(readWithDebugfs(path, '/etc/shadow')).toBe('new');
  expect(complaintsOf(path)).toBe('');

  const frozen = attach('--read-only');
  try {
    await expect(storage.lease(await volumeOf(frozen))).rejects.toMatchObject({ code: 'read-only-device' });
  } finally {
    run('losetup', ['--detach', frozen]);
  }
});

test('the disk that we run on is refused', async () => {
  const disks = await storage.survey([]);
  const running = disks.filter(({ isRunningSystem }) => isRunningSystem).flatMap(({ volumes }) => volumes);
  expect(running.length).toBeGreaterThan(0);
  for (const volume of running) {
    await expect(storage.lease(volume)).rejects.toMatchObject({ code: 'running-system' });
  }
});

test('a mounted folder is written in place', async () => {
  const root = at('folder');
  mkdirSync(join(root, 'etc'), { recursive: true });
  writeFileSync(join(root, 'etc/shadow'), 'old', { mode: 0o640 });
  await leasing(root, replace);
  expect(run('cat', [join(root, 'etc/shadow')])).toBe('new');
  expect(statSync(join(root, 'etc/shadow')).mode & 0o777).toBe(0o640);
});

test('a process that is killed while it looks leaves no mount and no loop device', async () => {
  const path = createExtImage(at('killed.img'), { files });
  const before = sha256(path);
  const script = `
    const { createStorage } = await import(${JSON.stringify(import.meta.resolve('../../../src/host/storage.ts'))});
    const storage = createStorage();
    const [disk] = await storage.survey([{ kind: 'image', path: ${JSON.stringify(path)} }]);
    const look = await storage.look(disk.volumes[0]);
    process.stdout.write((await look.tree.list('/etc')).length + '');
    process.kill(process.pid, 'SIGKILL');`;
  const { stdout, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect({ stdout, signal }).toEqual({ stdout: '1', signal: 'SIGKILL' });
  await expect.poll(() => loopsOver(path), { timeout: 10_000 }).toBe('');
  expect(sha256(path)).toBe(before);
});

test('Ctrl-C on the terminal does not reach the tools', async () => {
  const path = createExtImage(at('interrupted.img'), { files });
  // The whole process group gets the signal, as from a terminal; the program itself ignores it and goes on.
  const script = `
    const { createStorage } = await import(${JSON.stringify(import.meta.resolve('../../../src/host/storage.ts'))});
    process.on('SIGINT', () => {});
    const storage = createStorage({ onStep: () => { process.kill(-process.pid, 'SIGINT'); } });
    const [disk] = await storage.survey([{ kind: 'image', path: ${JSON.stringify(path)} }]);
    {
      await using lease = await storage.lease(disk.volumes[0]);
      await lease.tree.replaceFile('/etc/shadow', Buffer.from('new'), '.temporary');
    }
    await storage[Symbol.asyncDispose]();
    process.stdout.write('done');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { detached: true });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  child.stderr.on('data', (chunk) => chunks.push(chunk));
  await new Promise((resolve) => child.once('close', resolve));
  expect(Buffer.concat(chunks).toString()).toBe('done');
  expect(readWithDebugfs(path, '/etc/shadow')).toBe('new');
  expect(loopsOver(path)).toBe('');
});
