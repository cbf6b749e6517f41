import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createStorage } from '../../../src/host/storage/storage.ts';
import type { WritableTree } from '../../../src/model/tree.ts';
import { complaintsOf, createExtImage, readWithDebugfs, sha256 } from '../../support/disk-image.ts';
import { firstVolume, leasing } from '../../support/leasing.ts';
import { scratchStorage } from '../../support/scratch.ts';
import { run } from '../../support/tools.ts';

const { storage, at } = scratchStorage('lease-refusals');
const files = { 'etc/shadow': 'root:*:1::::::\n' };

const volumeOf = (path: string) => firstVolume(storage, path);

const leased = <T>(path: string, work: (tree: WritableTree) => Promise<T>) => leasing(storage, path, work);

const replace = (tree: WritableTree, content: string | Uint8Array = 'new') =>
  tree.replaceFile('/etc/shadow', Buffer.from(content), '.temporary');

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

    await leased(device, replace);
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
