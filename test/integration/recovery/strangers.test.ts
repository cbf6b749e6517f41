import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createExtImage, createSparse, poke, sha256, unplug } from '../../support/disk-image.ts';
import { checkManifest, createFilledExt, differences, recover, withMounted } from '../../support/recovery.ts';
import { run } from '../../support/tools.ts';

/** Disks that are unclean, damaged, of other kinds or ill-meant, and copies that are cut off. */

let folder = '';
const at = (name: string): string => join(folder, name);
const exits = [0, 1, 3, 4];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-strangers-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const files = { 'a/one': 'first', 'a/b/two': 'second', three: 'third' };

test('an ext4 that was unplugged is read without its journal, which the receipt says, and stays as it was', () => {
  const image = createExtImage(at('dirty.img'), { files });
  unplug(image);
  const before = sha256(image);
  const { status, receipt } = recover(image, ['/a'], at('dirty'));
  expect([status, receipt.reading]).toEqual([0, 'without-journal']);
  expect(readFileSync(at('dirty/a/b/two'), 'utf8')).toBe('second');
  expect(sha256(image)).toBe(before);
});

test('a damaged first superblock is replaced by a spare one', () => {
  const image = createExtImage(at('headless.img'), { files, sizeMebibytes: 160, options: ['-b', '4096'] });
  poke(image, 1024, new Uint8Array(1024));
  const before = sha256(image);
  const { status, receipt } = recover(image, ['/'], at('headless'));
  expect([status, receipt.reading]).toEqual([0, 'backup-superblock']);
  expect(readFileSync(at('headless/a/b/two'), 'utf8')).toBe('second');
  expect(sha256(image)).toBe(before);
});

test.each([
  ['xfs', 320, ['mkfs.xfs', '-q'], 'ro,norecovery,nouuid'],
  ['btrfs', 128, ['mkfs.btrfs', '-q'], 'ro,rescue=nologreplay'],
] as const)('%s is read without a change', (type, mebibytes, [program, option], options) => {
  const image = at(`${type}.img`);
  createSparse(image, mebibytes);
  run(program, [option, image]);
  withMounted(image, 'rw', 'cd "$1" && mkdir d && echo hello >d/file && ln d/file d/link && ln -s file d/symlink');
  const before = sha256(image);
  expect(recover(image, ['/d'], at(type)).status).toBe(0);
  expect(differences(image, options, '/d', at(type))).toBe('');
  expect(sha256(image)).toBe(before);
});

test('a file with an unreadable middle is named with its bytes, the rest is kept apart, and all else is copied', () => {
  const image = at('holed.img');
  const whole = Buffer.alloc(20 << 20, 'sparekey');
  createExtImage(image, {
    type: 'ext2',
    sizeMebibytes: 64,
    files: { 'd/large': whole, 'd/small': 'fine' },
    options: ['-b', '1024'],
  });
  const blocks = run('debugfs', ['-R', 'stat /d/large', image]).match(/\(DIND\):(\d+), \(IND\):(\d+)/);
  // A block of block numbers that point beyond the disk.
  poke(image, Number(blocks?.[2]) * 1024, Buffer.alloc(1024, 0xee));
  const { status, receipt } = recover(image, ['/d'], at('holed'));
  expect(status).toBe(1);
  const [problem] = receipt.summary.problems;
  expect(problem).toMatchObject({
    kind: 'damaged',
    path: '/d/large',
    keptAs: 'd/large.incomplete',
    sizeBytes: whole.length,
  });
  const kept = readFileSync(at('holed/d/large.incomplete'));
  expect(kept).toHaveLength(whole.length);
  const ranges = problem?.kind === 'damaged' ? problem.ranges : [];
  expect(ranges.length).toBeGreaterThan(0);
  for (const { startBytes, endBytes } of ranges) whole.fill(0, startBytes, endBytes);
  expect(kept.equals(whole)).toBe(true);
  expect(readFileSync(at('holed/d/small'), 'utf8')).toBe('fine');
  expect(existsSync(at('holed/d/large'))).toBe(false);
});

test('names that climb and folders five thousand deep lead nowhere outside', () => {
  const image = at('hostile.img');
  createSparse(image, 64);
  run('mke2fs', ['-q', '-F', '-t', 'ext4', '-O', '^metadata_csum,^dir_index', '-N', '16000', image]);
  withMounted(
    image,
    'rw',
    `cd "$1" && mkdir evil && echo planted >evil/XXYevil && ln -s / root && ln -s /etc hostile && i=0
     python3 -c "
import os
for i in range(5000):
    os.mkdir('d'); os.chdir('d')
open('bottom','w').write('reached')"`,
  );
  const bytes = readFileSync(image);
  for (let place = bytes.indexOf('XXYevil'); place >= 0; place = bytes.indexOf('XXYevil', place + 1)) {
    bytes.write('../', place, 'latin1');
  }
  writeFileSync(image, bytes);
  const to = at('inside/copy');
  mkdirSync(at('inside'));
  const { status, receipt } = recover(image, ['/'], to);
  expect(exits).toContain(status);
  expect(readdirSync(at('inside'))).toEqual(['copy']);
  expect(existsSync(join(to, 'evil'))).toBe(true);
  expect(run('find', [to, '-name', '*evil*', '-type', 'f'])).toBe('');
  expect(receipt.summary.folders).toBeGreaterThan(5000);
  const bottom = `import os\nos.chdir(${JSON.stringify(to)})\nfor i in range(5000): os.chdir('d')\nprint(open('bottom').read())`;
  expect(run('python3', ['-c', bottom]).trim()).toBe('reached');
  expect(readdirSync(to).filter((name) => name === 'root' || name === 'hostile')).toHaveLength(2);
  expect(run('sh', ['-c', 'rm -rf "$1"', 'sh', to])).toBe('');
});

test('killed at random moments and begun again, a copy ends like one that was never disturbed', async () => {
  const image = createFilledExt(at('many.img'), {
    sizeMebibytes: 256,
    inodes: 30_000,
    folder: 'tree',
    python: `for d in range(80):
    os.mkdir(f'd{d}')
    for f in range(200): open(f'd{d}/f{f}','wb').write(os.urandom(40)*f)
os.link('d1/f1','d2/again')
open('large','wb').write(os.urandom(50_000_000))`,
  });
  const to = at('killed');
  const args = ['src/main.ts', 'recover', '/tree', '--disk', image, '--to', to];
  for (const milliseconds of [400, 700, 900, 1100, 1300, 1600]) {
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    await sleep(milliseconds);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    // Whatever has its name is whole.
    if (existsSync(join(to, 'tree/large'))) expect(readFileSync(join(to, 'tree/large'))).toHaveLength(50_000_000);
  }
  const { status } = recover(image, ['/tree'], to);
  expect(status).toBe(0);
  expect(differences(image, 'ro,noload', '/tree', to)).toBe('');
  checkManifest(to);
  expect(readFileSync(join(to, 'sparekey-manifest.sha256'), 'latin1').trim().split('\n')).toHaveLength(16_002);
  expect(readdirSync(join(to, '.sparekey-recovery'))).toEqual(['progress']);
}, 120_000);

test('a target that is too small is refused before anything is copied', () => {
  const image = at('big.img');
  createExtImage(image, { sizeMebibytes: 64, files: { big: Buffer.alloc(40 << 20, 1) } });
  mkdirSync(at('tiny'));
  run('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'sparekey-test', at('tiny')]);
  try {
    const { status, receipt } = recover(image, ['/'], at('tiny/copy'));
    expect([status, receipt.error?.code]).toEqual([3, 'target-too-small']);
    expect(existsSync(at('tiny/copy/big'))).toBe(false);
  } finally {
    run('umount', [at('tiny')]);
  }
});
