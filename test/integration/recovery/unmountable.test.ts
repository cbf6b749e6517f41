import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRecovery } from '../../../src/host/recovery/recovery.ts';
import { createStorage } from '../../../src/host/storage/storage.ts';
import { createExtImage, createSparse, poke, sha256 } from '../../support/disk-image.ts';
import { firstVolume } from '../../support/leasing.ts';
import { checkManifest, recover, sparekey, withMounted } from '../../support/recovery.ts';
import { run, statusOf } from '../../support/tools.ts';

/** File systems that the kernel does not mount any more, read file by file through debugfs. */

let folder = '';
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-unmountable-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Everything that a tree can hold, in a place that is told beforehand. */
const populate = `mkdir -p "$1/d/deep/er" && cd "$1/d" && python3 -c "
import os
open('large','wb').write(os.urandom(3_000_000))
open('small','w').write('small')
open('empty','w')
with open('hole','wb') as f: f.seek(50_000_000); f.write(b'behind it'); f.truncate(60_000_000)
open(b'caf\\xe9 \\n\\x1b[31m','w').write('odd')
open('x'*255,'w').write('long')
os.link('large','again')
os.symlink('small','short'); os.symlink('y'*200,'slow'); os.symlink('/etc/passwd','hostile')
os.mkfifo('fifo')
open('deep/er/bottom','w').write('bottom')
for name in os.listdir('.'): os.utime(name, ns=(1_600_000_000_123_456_000, 1_500_000_000_654_321_000), follow_symlinks=False)
os.chmod('small',0o4751); os.chmod('deep',0o711)
os.utime('deep', ns=(0, 1_400_000_000_000_000_000))"`;

/** The list of its blocks is of no use to the kernel; a journal whose inode is gone keeps it from mounting at all. */
const breakJournal = (image: string): void => {
  run('debugfs', ['-w', '-R', 'clri <8>', image]);
  expect(statusOf('mount', ['-o', 'ro,noload,loop', image, at('mnt')])).not.toBe(0);
};

const tree = (root: string): string =>
  run('sh', [
    '-c',
    `cd "$1" && find . -mindepth 1 ! -type p ! -path './sparekey-*' ! -path './.sparekey-*' -printf '%P|%y|%m|%s|%l|%n|%.16T+|%b\\n' | grep -av '|d|' | sort`,
    'sh',
    root,
  ]);

test.each([
  ['ext4', ['-b', '1024']],
  ['ext4', ['-b', '4096', '-O', 'inline_data']],
  ['ext3', ['-b', '1024']],
] as const)(
  '%s %j: what the kernel refuses is copied whole, with everything but extended attributes',
  (type, options) => {
    mkdirSync(at('mnt'), { recursive: true });
    const image = at(`${type}${options.join('')}.img`);
    createSparse(image, 64);
    run('mke2fs', ['-q', '-F', '-t', type, ...options, image]);
    withMounted(image, 'rw', populate);
    const [whole, to] = [at('whole'), at('copy')];
    withMounted(image, 'ro', 'cp -a "$1/d" "$2"', [whole]);
    breakJournal(image);
    const before = sha256(image);
    const { status, receipt } = recover(image, ['/d'], to);
    expect([status, receipt.reading]).toEqual([0, 'file-by-file']);
    expect(sha256(image)).toBe(before);
    // Sizes on the disk differ from file system to file system; a hole must stay one.
    const listing = (root: string) => tree(root).replace(/\|\d+$/gm, '');
    expect(listing(join(to, 'd'))).toBe(listing(whole).replace('small|f|4751', 'small|f|751'));
    expect(lstatSync(join(to, 'd/hole')).blocks).toBeLessThan(1000);
    expect(lstatSync(join(to, 'd/deep')).mtimeMs).toBe(1_400_000_000_000);
    expect(lstatSync(join(to, 'd/deep')).mode & 0o7777).toBe(0o711);
    checkManifest(to);
    expect(
      run('rsync', ['-rlcn', '--delete', '--out-format=%i %n', '--exclude', 'fifo', `${whole}/`, `${to}/d/`]),
    ).toBe('');
    expect(receipt.summary).toMatchObject({ files: 7, hardLinks: 1, symlinks: 3, folders: 3, sparseFiles: 1 });
    expect(receipt.summary.problems).toEqual([{ kind: 'special', path: '/d/fifo', what: 'fifo' }]);
    // The same command finds it all.
    expect(recover(image, ['/d'], to).receipt.summary).toMatchObject({ files: 7, keptFromBefore: 7 });
    for (const path of [whole, to]) rmSync(path, { recursive: true });
  },
);

test('owners and setuid bits come along when they are asked for', () => {
  const image = at('owners.img');
  createSparse(image, 32);
  run('mke2fs', ['-q', '-F', '-t', 'ext4', image]);
  withMounted(image, 'rw', 'mkdir "$1/d" && cd "$1/d" && echo x >f && chown 1234:567 f . && chmod 4755 f');
  run('debugfs', ['-w', '-R', 'clri <8>', image]);
  const owned = (to: string) => run('stat', ['--format', '%u:%g %a', join(to, 'd/f'), join(to, 'd')]);
  expect(recover(image, ['/d'], at('plain')).receipt.reading).toBe('file-by-file');
  expect(owned(at('plain'))).toBe('0:0 755\n0:0 755\n');
  expect(recover(image, ['/d'], at('owned'), ['--owners']).status).toBe(0);
  expect(owned(at('owned'))).toBe('1234:567 4755\n1234:567 755\n');
});

test('ls and cat read it too, follow links inside it, and say how they read', () => {
  const image = createExtImage(at('look.img'), {
    files: { 'etc/passwd': 'the disk’s own', 'd/file': 'content' },
    populate: (root) => {
      symlinkSync('/etc', join(root, 'link'));
      symlinkSync('../../../..//d', join(root, 'etc/up'));
      symlinkSync('loop', join(root, 'loop'));
    },
  });
  run('debugfs', ['-w', '-R', 'clri <8>', image]);
  expect(sparekey(['cat', '/link/passwd', '--disk', image]).stdout.toString()).toBe('the disk’s own');
  expect(sparekey(['cat', '/link/up/file', '--disk', image]).stdout.toString()).toBe('content');
  const { stdout, stderr } = sparekey(['ls', '/', '--disk', image]);
  expect(stdout.toString()).toMatch(/d\/\n.*etc\/\n/);
  expect(stderr.toString()).toContain('cannot be mounted any more');
  expect(sparekey(['cat', '/loop', '--disk', image]).status).toBe(3);
  expect(sparekey(['cat', '/d', '--disk', image]).status).toBe(3);
  expect(sparekey(['cat', '/nothing', '--disk', image]).status).toBe(1);
});

test('by way of a spare superblock, in a partition of a disk', () => {
  const inner = at('inner.img');
  createExtImage(inner, { sizeMebibytes: 160, files: { 'd/file': 'found' }, options: ['-b', '4096'] });
  run('debugfs', ['-w', '-R', 'clri <8>', inner]);
  poke(inner, 1024, new Uint8Array(1024));
  const disk = at('disk.img');
  createSparse(disk, 170);
  run('sfdisk', ['--quiet', disk], 'label: gpt\nstart=2048, size=327680\n');
  run('dd', [`if=${inner}`, `of=${disk}`, 'bs=1M', 'seek=1', 'conv=notrunc,sparse', 'status=none']);
  const before = sha256(disk);
  const { status, receipt } = recover(disk, ['/d'], at('spare'));
  expect([status, receipt.reading]).toEqual([0, 'file-by-file']);
  expect(readFileSync(at('spare/d/file'), 'utf8')).toBe('found');
  expect(sha256(disk)).toBe(before);
});

test('a file whose list of blocks is damaged is not taken for a file with holes', () => {
  const image = at('list.img');
  const content = Buffer.alloc(2 << 20, 'sparekey');
  createExtImage(image, {
    type: 'ext3',
    sizeMebibytes: 32,
    files: { 'd/large': content, 'd/small': 'fine' },
    options: ['-b', '1024'],
  });
  const [, indirect] = run('debugfs', ['-R', 'stat /d/large', image]).match(/\(DIND\):\d+, \(IND\):(\d+)/) ?? [];
  poke(image, Number(indirect) * 1024, Buffer.alloc(1024, 0xee));
  run('debugfs', ['-w', '-R', 'clri <8>', image]);
  const { status, receipt } = recover(image, ['/d'], at('list'));
  expect([status, receipt.reading]).toEqual([1, 'file-by-file']);
  const [problem] = receipt.summary.problems;
  expect(problem).toMatchObject({ kind: 'damaged', path: '/d/large', keptAs: 'd/large.incomplete' });
  const kept = readFileSync(at('list/d/large.incomplete'));
  for (const { startBytes, endBytes } of problem?.kind === 'damaged' ? problem.ranges : [])
    content.fill(0, startBytes, endBytes);
  expect(kept.equals(content)).toBe(true);
  expect(readFileSync(at('list/d/small'), 'utf8')).toBe('fine');
});

test('a file whose inode fails its checksum is kept apart, and not vouched for', () => {
  const image = createExtImage(at('checksum.img'), { files: { 'd/doubtful': 'content', 'd/sound': 'fine' } });
  run('debugfs', ['-w', '-R', 'clri <8>', image]);
  const [, group, offset] =
    run('debugfs', ['-R', 'imap /d/doubtful', image]).match(/located at block (\d+), offset (0x\w+)/) ?? [];
  // Its owner: nothing else about it changes.
  poke(image, Number(group) * 1024 + Number(offset) + 2, Uint8Array.of(7));
  const { status, receipt } = recover(image, ['/d'], at('checksum'));
  expect([status, receipt.reading]).toEqual([1, 'file-by-file']);
  const ranges = [{ startBytes: 0, endBytes: 7 }];
  expect(receipt.summary.problems).toMatchObject([{ kind: 'damaged', path: '/d/doubtful', ranges }]);
  expect(readFileSync(at('checksum/d/doubtful.incomplete'), 'utf8')).toBe('content');
  expect(readFileSync(at('checksum/d/sound'), 'utf8')).toBe('fine');
});

test('folders that go round in circles, names that climb, and numbers that lie lead nowhere outside', () => {
  const image = at('hostile.img');
  createExtImage(image, {
    options: ['-O', '^metadata_csum,^dir_index', '-b', '1024'],
    files: { 'd/XXYevil': 'planted', 'd/inner/file': 'inside', 'd/huge': 'x' },
  });
  run('debugfs', ['-w', '-f', '-', image], 'link d d/inner/round\nsif d/huge size 0x4000000000000000\nclri <8>\n');
  const bytes = readFileSync(image);
  for (let place = bytes.indexOf('XXYevil'); place >= 0; place = bytes.indexOf('XXYevil', place + 1))
    poke(image, place, Buffer.from('../'));
  mkdirSync(at('inside'));
  const { status, receipt } = recover(image, ['/'], at('inside/copy'));
  expect(status).toBe(1);
  expect(readdirSync(at('inside'))).toEqual(['copy']);
  expect(run('find', [at('inside'), '-name', '*evil*'])).toBe('');
  expect(receipt.summary.problems).toContainEqual({
    kind: 'unreadable-folder',
    path: '/d/inner/round',
    reason: 'ELOOP',
  });
  expect(receipt.summary.problems).toContainEqual({ kind: 'unreadable-file', path: '/d/huge', reason: 'EFBIG' });
  expect(readFileSync(at('inside/copy/d/inner/file'), 'utf8')).toBe('inside');
});

test('a copy that is stopped goes on', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`d${index % 3}/f${index}`, 'x'.repeat(index * 50)]),
  );
  const image = createExtImage(at('stop.img'), { sizeMebibytes: 32, files });
  run('debugfs', ['-w', '-R', 'clri <8>', image]);
  await using storage = createStorage();
  await using recovery = createRecovery();
  await using view = await recovery.open(await firstVolume(storage, image));
  expect(await view.measure(['/'], () => {}, new AbortController().signal)).toMatchObject({ files: 300, folders: 5 });
  const request = { paths: ['/'], to: at('stopped'), sourceId: 'disk', keepsOwners: false };
  const button = new AbortController();
  // When the first of the three folders is there.
  const watch = setInterval(() => {
    if (['d0', 'd1', 'd2'].some((name) => existsSync(at(`stopped/${name}`)))) button.abort();
  }, 1);
  const { stoppedBy, files: copied } = await view.copyOut({ ...request, signal: button.signal }, () => {});
  clearInterval(watch);
  expect([stoppedBy?.code, copied < 300]).toEqual(['stopped', true]);
  const { stoppedBy: second, files: all } = await view.copyOut(request, () => {});
  expect([second, all]).toEqual([undefined, 300]);
  const check =
    'cd "$1" && sha256sum --check --strict --quiet sparekey-manifest.sha256 && wc -l <sparekey-manifest.sha256';
  expect(run('sh', ['-c', check, 'sh', at('stopped')]).trim()).toBe('300');
});

test('where nothing can be made of it, imaging is offered', () => {
  const image = createExtImage(at('rubble.img'), { files: { file: 'gone' } });
  run('debugfs', ['-w', '-R', 'clri <2>', image]);
  run('debugfs', ['-w', '-R', 'clri <8>', image]);
  const { status, stderr } = sparekey(['ls', '/', '--disk', image]);
  expect(status).toBe(1);
  expect(stderr.toString()).toContain('sparekey clone');
});
