import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSparse, sha256 } from '../../support/disk-image.ts';
import { checkManifest, differences, recover, sparekey, withMounted } from '../../support/recovery.ts';
import { run } from '../../support/tools.ts';

/** Everything that a Linux file system can hold, one of each, in a folder beside another one. */
const oddTree = `
  cd "$1" && mkdir -p data/sub data/empty other && cd data
  printf 'plain' >plain && touch -d '2021-03-04 05:06:07.123456789' plain
  printf 'not utf-8' >"$(printf 'caf\\351')"
  printf 'newline' >"$(printf 'two\\nlines\\033[31m\\\\back')"
  printf 'long' >"$(head -c 255 /dev/zero | tr '\\0' n)"
  printf '%%' >'100% *?:"<>|'
  ln -s /etc/passwd absolute && ln -s ../../../../etc/shadow climbing && ln -s nowhere dangling && ln -s . circle
  touch -h -d '2020-01-02 03:04:05.987654321' dangling
  printf 'shared' >first && ln first second && ln first sub/third
  truncate -s 1T hole && printf middle | dd of=hole bs=1 seek=500000000000 conv=notrunc status=none
  truncate -s 20M small-hole && printf end | dd of=small-hole bs=1 seek=20000000 conv=notrunc status=none
  head -c 5000000 /dev/urandom >large && touch -d '2019-01-01 00:00:00.000000001' large
  : >nothing
  printf 'x' >private && chmod 0600 private && chown 1234:2345 private
  printf 'x' >setuid && chmod 4755 setuid
  printf 'x' >attributes && setfattr -n user.note -v hello attributes && setfacl -m u:4321:r attributes
  printf 'x' >capable && chmod 755 capable && setfattr -n security.capability -v 0sAQAAAgAgAAAAAAAAAAAAAAAAAAA= capable
  setfacl -d -m u:4321:rx sub && setfattr -n user.folder -v yes sub && chmod 1751 sub
  mkfifo pipe && mknod device b 1 2
  python3 -c "import socket; socket.socket(socket.AF_UNIX).bind('socket')"
  touch -d '2018-01-01 00:00:00.111222333' sub empty .`;

let folder = '';
let image = '';
let before = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-faithful-'));
  image = join(folder, 'disk.img');
  createSparse(image, 64);
  run('mke2fs', ['-q', '-F', '-t', 'ext4', '-I', '256', image]);
  withMounted(image, 'rw', oddTree);
  before = sha256(image);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a copy equals the source by foreign tools, and the source is what it was', () => {
  const to = join(folder, 'copy');
  const { status, receipt } = recover(image, ['/data'], to, ['--prove']);
  expect(status).toBe(0);
  expect(receipt.status).toBe('done');
  // The setuid bit, the sticky bit and the file capability stay behind, as nobody asked for them.
  expect(differences(image, 'ro,noload', '/data', to).split('\n')).toEqual([
    '.f........x capable',
    '.f...p..... setuid',
    '.d...p..... sub/',
    expect.stringMatching(/^\d+(,\d+)?d\d+$/),
    expect.stringMatching(/^< security\.capability=/),
    '<',
  ]);
  expect(statSync(join(to, 'data/setuid')).mode & 0o7777).toBe(0o755);
  expect(statSync(join(to, 'data/private')).uid).toBe(0);
  expect(receipt.summary.hardLinks).toBe(2);
  expect(receipt.proof).toEqual({ path: image, before, after: before });
  expect(sha256(image)).toBe(before);
});

test('the manifest is one that sha256sum checks, strange names and all; a vast hole is named as not hashed', () => {
  const to = join(folder, 'copy');
  checkManifest(to);
  const manifest = readFileSync(join(to, 'sparekey-manifest.sha256'), 'latin1');
  expect(manifest.split('\n').filter((line) => /^\\?[0-9a-f]{64} {2}/.test(line))).toHaveLength(15);
  expect(manifest).toContain('# not hashed: data/hole\n');
});

test('holes stay holes', () => {
  const { size, blocks } = statSync(join(folder, 'copy/data/hole'));
  expect(size).toBe(2 ** 40);
  expect(blocks * 512).toBeLessThan(1 << 20);
  expect(statSync(join(folder, 'copy/data/small-hole')).blocks * 512).toBeLessThan(1 << 20);
  const middle = ['skip=500000000000', 'count=6', 'bs=1', 'iflag=skip_bytes', 'status=none'];
  expect(run('dd', [`if=${join(folder, 'copy/data/hole')}`, ...middle])).toBe('middle');
});

test('what is no file is listed, and nothing of the host came along', () => {
  const receipt = JSON.parse(readFileSync(join(folder, 'copy/sparekey-receipt.json'), 'utf8'));
  const special = receipt.summary.problems.filter(({ kind }: { kind: string }) => kind === 'special');
  expect(special.map(({ path, what }: Record<string, string>) => `${path} ${what}`).sort()).toEqual([
    '/data/device block-device',
    '/data/pipe fifo',
    '/data/socket socket',
  ]);
  expect(
    run('sh', [
      '-c',
      'grep -r --exclude=hole "^root:" "$1/data" --binary-files=text || true',
      'sh',
      join(folder, 'copy'),
    ]),
  ).toBe('');
});

test('owners and setuid bits come along when they are asked for', () => {
  const to = join(folder, 'with-owners');
  expect(recover(image, ['/data'], to, ['--owners']).status).toBe(0);
  expect(statSync(join(to, 'data/private'))).toMatchObject({ uid: 1234, gid: 2345 });
  expect(statSync(join(to, 'data/setuid')).mode & 0o7777).toBe(0o4755);
  expect(statSync(join(to, 'data/sub')).mode & 0o7777).toBe(0o1751);
});

test('the same command once more finds everything there', () => {
  const { status, receipt } = recover(image, ['/data'], join(folder, 'copy'));
  expect(status).toBe(0);
  expect(receipt.summary.keptFromBefore).toBeGreaterThanOrEqual(14);
  checkManifest(join(folder, 'copy'));
});

test('a folder that holds another disk, or somebody else’s files, is left as it is', () => {
  const other = join(folder, 'other.img');
  createSparse(other, 8);
  run('mke2fs', ['-q', '-F', other]);
  expect(recover(other, ['/'], join(folder, 'copy')).receipt.error?.code).toBe('target-other-run');
  const to = join(folder, 'used');
  run('sh', ['-c', 'mkdir -p "$1/data" && echo mine >"$1/data/plain"', 'sh', to]);
  const { status, receipt } = recover(image, ['/data'], to);
  expect(status).toBe(1);
  expect(receipt.summary.problems).toContainEqual({ kind: 'exists', path: '/data/plain' });
  expect(readFileSync(join(to, 'data/plain'), 'utf8')).toBe('mine\n');
});

test('ls and cat show what is there', () => {
  expect(sparekey(['cat', '/data/plain', '--disk', image]).stdout.toString()).toBe('plain');
  expect(sparekey(['cat', '/data/large', '--disk', image]).stdout).toHaveLength(5_000_000);
  const listed = JSON.parse(sparekey(['ls', '/data', '--disk', image, '--json']).stdout.toString());
  expect(listed.entries).toHaveLength(24);
  expect(sparekey(['ls', '/data', '--disk', image]).stdout.toString()).not.toContain('\x1b');
  expect(sparekey(['cat', '/data/absolute', '--disk', image]).status).not.toBe(0);
  expect(sparekey(['cat', '/data/pipe', '--disk', image]).status).toBe(3);
  expect(existsSync('/proc/driver/1')).toBe(false);
});
