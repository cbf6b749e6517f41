import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { kernelHasDriver } from '../../../src/host/mounts/kernel-drivers.ts';
import { createRecovery } from '../../../src/host/recovery/recovery.ts';
import { createStorage } from '../../../src/host/storage/storage.ts';
import type { TargetVolume } from '../../../src/model/recovery.ts';
import { createExtImage, createSparse, poke, sha256 } from '../../support/disk-image.ts';
import { firstVolume } from '../../support/leasing.ts';
import { run } from '../../support/tools.ts';

/**
 * Sticks as people have them, through the kernel's own drivers, which many build machines lack: there, exfat-target has
 * exFAT by way of FUSE, and nothing has the limit of FAT32.
 */

const gibibyte = 2 ** 30;

let folder = '';
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-windows-'));
  createExtImage(at('source.img'), {
    sizeMebibytes: 64,
    files: { 'd/a:b': '1', 'd/README': '2', 'd/readme': '3', 'd/large': Buffer.alloc(3_000_000, 'sparekey') },
    populate: (root) => {
      mkdirSync(join(root, 'vast'));
      writeFileSync(join(root, 'vast/file'), '');
      truncateSync(join(root, 'vast/file'), 5 * gibibyte);
    },
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const makers = {
  vfat: (path: string) => run('mkfs.vfat', ['-F', '32', path]),
  exfat: (path: string) => run('mkfs.exfat', [path]),
  ntfs: (path: string) => run('mkntfs', ['-q', '-F', path]),
} as const;

const placesBeside = async (images: readonly string[]): Promise<readonly TargetVolume[]> => {
  await using storage = createStorage();
  await using recovery = createRecovery();
  const sources = await Promise.all([at('source.img'), ...images].map((path) => storage.identify(path)));
  const disks = await storage.survey(sources);
  return await recovery.listPlaces(disks, await firstVolume(storage, at('source.img')));
};

const drivers = [
  ['vfat', 'vfat'],
  ['exfat', 'exfat'],
  ['ntfs', 'ntfs3'],
] as const;

/** Leaves a test out where the kernel cannot mount such a file system. */
const needDriver = async ({ skip }: TestContext, driver: string): Promise<void> =>
  skip(!(await kernelHasDriver(driver)), `this kernel has no driver for ${driver}`);

describe.each(drivers)('%s', (type, driver) => {
  test('is a place, takes names that it cannot hold, and what it cannot take is refused', async (context) => {
    await needDriver(context, driver);
    const image = at(type);
    createSparse(image, 128);
    makers[type](image);
    const before = sha256(image);
    const [place] = await placesBeside([image]);
    expect(sha256(image)).toBe(before);
    if (place === undefined) throw new Error('not offered');
    await using storage = createStorage();
    await using recovery = createRecovery();
    await using view = await recovery.open(await firstVolume(storage, at('source.img')));
    await using opened = await recovery.openPlace(place);
    expect(opened.freeBytes).toBe(place.freeBytes);
    const copy = (path: string, to: string) =>
      view.copyOut({ paths: [path], to: `${opened.folder}/${to}`, sourceId: 'source', keepsOwners: false }, () => {});
    const { files, renamed, stoppedBy } = await copy('/d', 'copy');
    expect([files, stoppedBy]).toEqual([4, undefined]);
    // Of README and readme the second one, whichever the folder has first.
    const names = renamed.map(({ to }) => to.replace('%52EADME', '%72eadme')).toSorted();
    expect(names).toEqual(['d/%72eadme', 'd/a%3Ab']);
    const visible = opened.folder.replace('/self/', `/${process.pid}/`);
    const check = 'cd "$1" && sha256sum --check --strict --quiet sparekey-manifest.sha256';
    expect(run('sh', ['-c', check, 'sh', `${visible}/copy`])).toBe('');
    expect((await copy('/d', 'copy')).keptFromBefore).toBe(4);
    if (type !== 'vfat') return;
    // Five gigabytes of nothing: FAT32 holds no such file, however much is free.
    await expect(copy('/vast', 'vast')).rejects.toMatchObject({
      code: 'files-too-large',
      details: { files: ['/vast/file'], limitBytes: 2 ** 32 - 1 },
    });
    expect(readdirSync(`${opened.folder}/vast`)).not.toContain('vast');
  });
});

test('a stick that was pulled out is offered only when it was checked', async (context) => {
  await needDriver(context, 'vfat');
  const image = at('pulled');
  createSparse(image, 64);
  makers.vfat(image);
  poke(image, 0x41, Uint8Array.of(1));
  expect(await placesBeside([image])).toEqual([]);
  run('sh', ['-c', 'fsck.fat -a "$1" || true', 'sh', image]);
  expect(await placesBeside([image])).toHaveLength(1);
});

test('a Windows that sleeps is not written to', async (context) => {
  await needDriver(context, 'ntfs3');
  const image = at('asleep');
  createSparse(image, 64);
  makers.ntfs(image);
  writeFileSync(at('hiberfil'), Buffer.concat([Buffer.from('HIBR'), Buffer.alloc(8188)]));
  run('ntfscp', ['-f', image, at('hiberfil'), 'hiberfil.sys']);
  expect(await placesBeside([image])).toEqual([]);
});
