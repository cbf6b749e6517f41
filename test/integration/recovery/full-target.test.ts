import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRecovery } from '../../../src/host/recovery/recovery.ts';
import { createStorage } from '../../../src/host/storage/storage.ts';
import { createExtImage, createSparse, sha256 } from '../../support/disk-image.ts';
import { firstVolume } from '../../support/leasing.ts';
import { checkManifest, createFilledExt, recover, withMounted } from '../../support/recovery.ts';
import { run, statusOf } from '../../support/tools.ts';

/** Targets with too little room, or with limits of their own, and sources with folders that cannot be read. */

let folder = '';
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-full-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a target that fills up midway keeps whole files and says so; with more room, the same request ends it', async () => {
  const image = createFilledExt(at('source.img'), {
    sizeMebibytes: 160,
    inodes: 8000,
    folder: 'd',
    python: `for n in range(900): open(f'f{n}','wb').write(os.urandom(60_000))
open('large','wb').write(os.urandom(20_000_000))`,
  });
  const stick = at('stick.img');
  createSparse(stick, 60);
  run('mke2fs', ['-q', '-F', '-t', 'ext4', '-m', '0', stick]);
  await using storage = createStorage();
  await using recovery = createRecovery();
  await using view = await recovery.open(await firstVolume(storage, image));
  /** Plugs the stick in for one piece of work; its folder goes by a name that other processes know as well. */
  const withStick = async (work: (to: string) => Promise<void>): Promise<void> => {
    const volume = await firstVolume(storage, stick);
    await using opened = await recovery.openPlace({ volume, isOwnMedium: false, freeBytes: undefined });
    await work(`${opened.folder.replace('/self/', `/${process.pid}/`)}/copy`);
  };
  const copyTo = (to: string) => view.copyOut({ paths: ['/d'], to, sourceId: 'source', keepsOwners: false }, () => {});
  await withStick(async (to) => {
    // Where it can be seen beforehand, nothing is copied; what was begun goes on as far as it gets.
    await expect(copyTo(to)).rejects.toMatchObject({ code: 'target-too-small' });
    expect(readdirSync(to)).not.toContain('d');
    const full = await copyTo(to);
    expect(full.stoppedBy).toMatchObject({ code: 'target-full' });
    expect([full.files > 100, full.files < 901, full.problems]).toEqual([true, true, []]);
    const manifest = readFileSync(join(to, 'sparekey-manifest.sha256'), 'latin1').trim().split('\n');
    // No half files: whatever has its name is in the list, and is what the list says.
    expect(readdirSync(join(to, 'd'))).toHaveLength(manifest.length);
    checkManifest(to);
    expect(readdirSync(join(to, '.sparekey-recovery'))).toEqual(['progress']);
    await recovery.writeNote(to, 'sparekey-receipt.txt', 'There is room for the receipt. '.repeat(1000));
  });
  truncateSync(stick, 160 << 20);
  expect(statusOf('e2fsck', ['-fp', stick])).toBeLessThan(2);
  run('resize2fs', [stick]);
  await withStick(async (to) => {
    const more = await copyTo(to);
    expect([more.stoppedBy, more.files]).toEqual([undefined, 901]);
    expect(more.keptFromBefore).toBeGreaterThan(100);
    expect(withMounted(image, 'ro,noload', 'cd "$2/d" && diff -r . "$1/d"', [to])).toBe('');
    checkManifest(to);
  });
});

test('a folder that cannot be read is named, and does not end the run', () => {
  const image = createExtImage(at('folders.img'), {
    options: ['-b', '1024', '-O', '^metadata_csum'],
    files: { 'd/bad/lost': 'gone', 'd/good/kept': 'there', 'd/last': 'too' },
  });
  // Its block of names lies beyond the end of the disk.
  const [, block] = run('debugfs', ['-R', 'stat /d/bad', image]).match(/\(0\):(\d+)/) ?? [];
  expect(Number(block)).toBeGreaterThan(0);
  const zeros = Buffer.alloc(1024, 0xff);
  writeFileSync(at('garbage'), zeros);
  run('dd', [`if=${at('garbage')}`, `of=${image}`, 'bs=1024', `seek=${block}`, 'conv=notrunc', 'status=none']);
  const before = sha256(image);
  const { status, receipt } = recover(image, ['/d'], at('folders'));
  expect(status).toBe(1);
  expect(receipt.summary.problems).toEqual([
    { kind: 'unreadable-folder', path: '/d/bad', reason: expect.stringMatching(/^E[A-Z]+$/) },
  ]);
  expect(readFileSync(at('folders/d/good/kept'), 'utf8')).toBe('there');
  expect(readFileSync(at('folders/d/last'), 'utf8')).toBe('too');
  expect(readdirSync(at('folders/d/bad'))).toEqual([]);
  expect(sha256(image)).toBe(before);
});

test('a file that is longer than the target holds is left out and named, and all else is copied', async () => {
  const image = createExtImage(at('holes.img'), {
    files: { 'd/kept': 'there' },
    populate: (root) => {
      writeFileSync(join(root, 'd/vast'), 'the rest is a hole');
      truncateSync(join(root, 'd/vast'), 8 * 2 ** 40);
    },
    options: ['-b', '4096'],
  });
  // With blocks of 1 KiB ext3 holds no file of more than 16 GiB.
  const stick = at('short.img');
  createExtImage(stick, { type: 'ext3', sizeMebibytes: 64, options: ['-b', '1024'] });
  await using storage = createStorage();
  await using recovery = createRecovery();
  await using view = await recovery.open(await firstVolume(storage, image));
  const volume = await firstVolume(storage, stick);
  await using opened = await recovery.openPlace({ volume, isOwnMedium: false, freeBytes: undefined });
  const request = { paths: ['/d'], to: `${opened.folder}/copy`, sourceId: 'source', keepsOwners: false };
  const { files, problems, stoppedBy } = await view.copyOut(request, () => {});
  expect([files, stoppedBy]).toEqual([1, undefined]);
  expect(problems).toEqual([{ kind: 'unreadable-file', path: '/d/vast', reason: 'EFBIG' }]);
  expect(readdirSync(`${opened.folder}/copy/d`)).toEqual(['kept']);
});
