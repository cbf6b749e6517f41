import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { WriteStep } from '../../../src/host/tree/writing.ts';
import type { WritableTree } from '../../../src/model/tree.ts';
import { complaintsOf, createExtImage, loopsOver, readWithDebugfs, sha256, unplug } from '../../support/disk-image.ts';
import { firstVolume, leasing } from '../../support/leasing.ts';
import { scratchStorage } from '../../support/scratch.ts';
import { run } from '../../support/tools.ts';

const { storage, at } = scratchStorage('lease');
const files = { 'etc/shadow': 'root:*:1::::::\n' };

const volumeOf = (path: string) => firstVolume(storage, path);

const leased = <T>(path: string, work: (tree: WritableTree) => Promise<T>) => leasing(storage, path, work);

const replace = (tree: WritableTree, content: string | Uint8Array = 'new') =>
  tree.replaceFile('/etc/shadow', Buffer.from(content), '.temporary');

test.each(['ext2', 'ext3', 'ext4'] as const)('%s is written, and sound when it is given back', async (type) => {
  const path = createExtImage(at(`${type}.img`), { type, files });
  await leased(path, async (tree) => {
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
  await leased(path, replace);
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
  await leased(path, async (tree) => {
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
    const { createStorage } = await import(${JSON.stringify(import.meta.resolve('../../../src/host/storage/storage.ts'))});
    const storage = createStorage({ onStep: (step) => step === '${step}' && process.kill(process.pid, 'SIGKILL') });
    const [disk] = await storage.survey([{ kind: 'image', path: ${JSON.stringify(path)} }]);
    const lease = await storage.lease(disk.volumes[0]);
    await lease.tree.createFile('/new', Buffer.from('whole'));`;
  for (const step of ['create-temporary', 'write', 'flush', 'link', 'flush-folder'] as const) {
    const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', make(step)]);
    expect(signal).toBe('SIGKILL');
    await expect.poll(() => loopsOver(path), { timeout: 10_000 }).toBe('');
    await leased(path, async (tree) => {
      const content = await tree.read('/new');
      expect(content?.toString()).toBe(step === 'flush-folder' ? 'whole' : undefined);
      if (content === undefined) await tree.createFile('/new', Buffer.from('again'));
      await tree.removeFile('/new');
      expect((await tree.list('/')).map(({ name }) => name).toSorted()).toEqual(['etc', 'lost+found']);
    });
  }
  expect(complaintsOf(path)).toBe('');
});

test('a mounted folder is written in place', async () => {
  const root = at('folder');
  mkdirSync(join(root, 'etc'), { recursive: true });
  writeFileSync(join(root, 'etc/shadow'), 'old', { mode: 0o640 });
  await leased(root, replace);
  expect(run('cat', [join(root, 'etc/shadow')])).toBe('new');
  expect(statSync(join(root, 'etc/shadow')).mode & 0o777).toBe(0o640);
});

test('a process that is killed while it looks leaves no mount and no loop device', async () => {
  const path = createExtImage(at('killed.img'), { files });
  const before = sha256(path);
  const script = `
    const { createStorage } = await import(${JSON.stringify(import.meta.resolve('../../../src/host/storage/storage.ts'))});
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
    const { createStorage } = await import(${JSON.stringify(import.meta.resolve('../../../src/host/storage/storage.ts'))});
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
