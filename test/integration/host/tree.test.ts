import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createStorage } from '../../../src/host/storage/storage.ts';
import { createTree } from '../../../src/host/tree/tree.ts';
import { createWritableTree } from '../../../src/host/tree/writable-tree.ts';
import type { Tree } from '../../../src/model/tree.ts';
import { createExtImage, writeFiles } from '../../support/disk-image.ts';
import { run } from '../../support/tools.ts';

/** A host with a canary, and on it the tree of a stranger. */
let host: string;
let root: string;
let canary: string;
let tree: Tree;

beforeAll(() => {
  host = mkdtempSync(join(tmpdir(), 'sparekey-tree-'));
});

afterAll(() => rmSync(host, { recursive: true }));

beforeEach(() => {
  rmSync(host, { recursive: true });
  root = join(host, 'stranger');
  canary = join(host, 'canary');
  mkdirSync(root, { recursive: true });
  writeFileSync(canary, 'the host itself');
  writeFiles(root, { 'etc/shadow': 'of the tree', canary: 'in the tree', 'usr/lib/os-release': 'ID=tree' });
  tree = createTree(root);
});

const link = (target: string, path: string) => symlinkSync(target, join(root, path));

const textOf = async (path: string, of: Tree = tree) => {
  const content = await of.read(path);
  return content && Buffer.from(content).toString();
};

test('absolute links start at the root of the tree', async () => {
  link('/usr/lib/os-release', 'etc/os-release');
  link('/', 'everything');
  link(root, 'home');
  expect(await textOf('/etc/os-release')).toBe('ID=tree');
  expect(await textOf('/everything/everything/etc/shadow')).toBe('of the tree');
  expect(await tree.resolve('/everything/everything/etc/os-release')).toBe('/usr/lib/os-release');
  expect(await textOf('/home/etc/shadow')).toBeUndefined(); // the host's path means nothing in here
});

test('no way leads out of the tree, for reading or writing', async () => {
  link('/etc/passwd', 'etc/outside');
  link('../../../../../../../../../../etc/passwd', 'etc/relative');
  link(canary, 'etc/absolute');
  link('../../canary', 'etc/climb');
  link('../..', 'up');
  link('/proc/self/root', 'etc/magic');
  link('/proc/1/root/etc/passwd', 'etc/magic-file');
  const writable = createWritableTree({ root, onStep: () => {} });
  const passwd = readFileSync('/etc/passwd', 'utf8');
  const inodes = [statSync(canary).ino, statSync('/etc/passwd').ino];

  for (const path of ['/etc/outside', '/etc/relative', '/etc/absolute', '/etc/magic/etc/passwd', '/etc/magic-file']) {
    expect(await textOf(path)).toBeUndefined();
    await expect(writable.replaceFile(path, Buffer.from('pwned'), '.temporary')).rejects.toMatchObject({
      code: 'file-missing',
    });
  }
  expect(await textOf('/etc/climb')).toBe('in the tree');
  expect(await textOf('/up/up/../../canary')).toBe('in the tree');
  expect(await textOf('/../../../canary')).toBe('in the tree');
  await writable.replaceFile('/etc/climb', Buffer.from('changed'), '.temporary');
  await writable.replaceFile('/up/etc/shadow', Buffer.from('changed'), '.temporary');
  await writable.createFile('/up/../../new', Buffer.from('new'));

  expect(readFileSync(join(root, 'canary'), 'utf8')).toBe('changed');
  expect(readFileSync(join(root, 'new'), 'utf8')).toBe('new');
  expect(readFileSync(canary, 'utf8')).toBe('the host itself');
  expect(readFileSync('/etc/passwd', 'utf8')).toBe(passwd);
  expect([statSync(canary).ino, statSync('/etc/passwd').ino]).toEqual(inodes);
});

test('a folder that turns into a link while we walk leads nowhere else', async () => {
  mkdirSync(join(host, 'etc'));
  writeFileSync(join(host, 'etc/shadow'), 'the host itself');
  mkdirSync(join(root, 'flip'));
  writeFileSync(join(root, 'flip/shadow'), 'of the tree');
  const flipping = run('sh', [
    '-c',
    'cd "$1" && ln -s ../etc evil && (for i in $(seq 400); do mv -T flip good; mv -T evil flip; mv -T flip evil; mv -T good flip; done) >/dev/null 2>&1 & echo $!',
    'sh',
    root,
  ]);
  const seen = new Set<string | undefined>();
  const isRunning = () => {
    try {
      return process.kill(Number(flipping), 0);
    } catch {
      return false;
    }
  };
  while (isRunning()) seen.add(await textOf('/flip/shadow').catch((error) => error.code));
  expect(seen).toContain('of the tree');
  expect(seen).not.toContain('the host itself');
});

test('links in a circle end', async () => {
  link('b', 'a');
  link('a', 'b');
  link('deep/x', 'x');
  mkdirSync(join(root, 'deep'));
  link('../x/y', 'deep/x');
  await expect(tree.read('/a')).rejects.toMatchObject({ code: 'path-loop', details: { path: '/a' } });
  await expect(tree.list('/x')).rejects.toMatchObject({ code: 'path-loop' });
  // As many links as the kernel follows are followed, and no more.
  link('/canary', 'n40');
  for (let index = 39; index >= 0; index -= 1) link(`n${index + 1}`, `n${index}`);
  expect(await textOf('/n1')).toBe('in the tree');
  await expect(tree.read('/n0')).rejects.toMatchObject({ code: 'path-loop' });
});

test('what is no small file is refused, at once', async () => {
  run('mkfifo', [join(root, 'fifo')]);
  run('mknod', [join(root, 'zero'), 'c', '1', '5']);
  run('mknod', [join(root, 'disk'), 'b', '7', '0']);
  run('python3', ['-c', 'import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])', join(root, 'socket')]);
  writeFileSync(join(root, 'huge'), '');
  truncateSync(join(root, 'huge'), 2 ** 40);
  const kinds = { fifo: 'fifo', zero: 'character-device', disk: 'block-device', socket: 'socket', etc: 'directory' };
  for (const [name, kind] of Object.entries(kinds)) {
    await expect(tree.read(`/${name}`)).rejects.toMatchObject({ code: 'not-a-file', details: { kind } });
  }
  await expect(tree.read('/huge')).rejects.toMatchObject({
    code: 'file-too-large',
    details: { sizeBytes: 2 ** 40, limitBytes: 4 * 2 ** 20 },
  });
  await expect(tree.read('/canary', 10)).rejects.toMatchObject({ code: 'file-too-large' });
  expect(await tree.read('/canary', 11)).toHaveLength(11);
  expect(await tree.status('/fifo')).toMatchObject({ kind: 'other' });
});

test('the beginning of a file is read however large it is, and of nothing but a file', async () => {
  writeFileSync(join(root, 'large'), 'beginning');
  truncateSync(join(root, 'large'), 2 ** 40);
  expect((await tree.readStart('/large', 9))?.toString()).toBe('beginning');
  expect(await tree.readStart('/large', 5000)).toHaveLength(5000);
  expect((await tree.readStart('/canary', 5000))?.toString()).toBe('in the tree');
  expect(await tree.readStart('/nowhere', 9)).toBeUndefined();
  run('mkfifo', [join(root, 'fifo')]);
  for (const path of ['/fifo', '/etc']) {
    await expect(tree.readStart(path, 9)).rejects.toMatchObject({ code: 'not-a-file' });
  }
  link('/../../canary', 'out');
  expect((await tree.readStart('/out', 99))?.toString()).toBe('in the tree');
});

test('a file that says nothing of its size is counted while it is read', async () => {
  await expect(createTree('/proc').read('/self/mountinfo', 10)).rejects.toMatchObject({ code: 'file-too-large' });
  expect((await createTree('/proc').read('/sys/kernel/ostype'))?.toString()).toBe('Linux\n');
});

test('nothing is there', async () => {
  for (const path of ['/nowhere', '/nowhere/else', '/canary/inside', '/canary/..', `/${'x'.repeat(300)}`, '/a\0b']) {
    expect(await tree.read(path)).toBeUndefined();
    expect(await tree.list(path)).toEqual([]);
    expect(await tree.status(path)).toBeUndefined();
    expect(await tree.resolve(path)).toBeUndefined();
    expect(await tree.isImmutable(path)).toBe(false);
  }
  link('nowhere', 'dangling');
  expect(await tree.status('/dangling')).toBeUndefined();
});

test('a tree that is gone is not an empty one', async () => {
  rmSync(root, { recursive: true });
  await expect(tree.read('/etc/shadow')).rejects.toMatchObject({ code: 'read-failed' });
  await expect(tree.list('/')).rejects.toMatchObject({ code: 'read-failed' });
});

test('status, lists and names of any bytes', async () => {
  run('sh', [
    '-c',
    'cd "$1" && printf odd > "$(printf "a\\377\\033[31m\\nb")" && chown 7:42 canary && chmod 4640 canary && touch -d @1000000000.5 canary',
    'sh',
    root,
  ]);
  link('canary', 'link');
  expect(await tree.status('/link')).toEqual({
    kind: 'file',
    sizeBytes: 11,
    mode: 0o4640,
    uid: 7,
    gid: 42,
    modifiedAtMs: 1_000_000_000_500,
  });
  expect(await tree.status('/')).toMatchObject({ kind: 'directory' });
  expect(await tree.status('/etc/..')).toMatchObject({ kind: 'directory' });
  expect(await tree.resolve('//etc/./../etc//shadow')).toBe('/etc/shadow');
  expect(await tree.resolve('/etc/../..')).toBe('/');
  const entries = await tree.list('/');
  expect(entries).toContainEqual({ name: 'link', kind: 'symlink' });
  expect(entries).toContainEqual({ name: 'etc', kind: 'directory' });
  expect(entries).toContainEqual({ name: 'a\udcff\x1b[31m\nb', kind: 'file' });
  expect(await textOf('/a\udcff\x1b[31m\nb')).toBe('odd');

  const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1);
  expect((await tree.list('/', 100)).toSorted(byName)).toEqual(entries.toSorted(byName));
  expect(await tree.list('/', 2)).toHaveLength(2);
});

test('reading leaves no trace in access times', async () => {
  run('touch', ['-a', '-d', '2001-01-01', join(root, 'canary')]);
  await tree.read('/canary');
  expect(statSync(join(root, 'canary')).atime.getUTCFullYear()).toBe(2001);
});

test('the same holds on a mounted disk', async () => {
  const image = createExtImage(join(host, 'disk.img'), {
    files: { canary: 'in the tree' },
    populate: (folder) => {
      symlinkSync('/', join(folder, 'etc'));
      symlinkSync('../../../../../../../etc', join(folder, 'up'));
      symlinkSync(canary, join(folder, 'absolute'));
      run('mkfifo', [join(folder, 'fifo')]);
      run('mknod', [join(folder, 'zero'), 'c', '1', '5']);
      run('truncate', ['--size=1T', join(folder, 'huge')]);
    },
  });
  await using storage = createStorage();
  const [disk] = await storage.survey([{ kind: 'image', path: image }]);
  const [volume] = disk?.volumes ?? [];
  if (volume === undefined) throw new Error('a volume');
  await using look = await storage.look(volume);
  expect(await textOf('/etc/canary', look.tree)).toBe('in the tree');
  expect(await textOf('/up/canary', look.tree)).toBe('in the tree');
  expect(await textOf('/etc/passwd', look.tree)).toBeUndefined();
  expect(await textOf('/absolute', look.tree)).toBeUndefined();
  await expect(look.tree.read('/fifo')).rejects.toMatchObject({ code: 'not-a-file' });
  await expect(look.tree.read('/zero')).rejects.toMatchObject({ code: 'not-a-file' });
  await expect(look.tree.read('/huge')).rejects.toMatchObject({ code: 'file-too-large' });
});
