import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createRecovery } from '../../../src/host/recovery/recovery.ts';
import { createStorage } from '../../../src/host/storage/storage.ts';
import type { TargetVolume } from '../../../src/model/recovery.ts';
import type { Disk, Volume } from '../../../src/model/storage.ts';
import {
  complaintsOf,
  createExtImage,
  createSparse,
  flagErrors,
  loopsOver,
  readWithDebugfs,
  sha256,
} from '../../support/disk-image.ts';
import { run } from '../../support/tools.ts';

/** Where copies can go: which disks are offered, which never, and what becomes of one that is opened. */

const signature = '5ba7e4e7';
const name = '1A2B-3C4D';
const mebibyte = 1 << 20;

let folder = '';
const at = (name: string): string => join(folder, name);
const attached: string[] = [];

const attach = (image: string, ...options: readonly string[]): string => {
  const device = run('losetup', ['--find', '--show', ...options, image]).trim();
  attached.push(device);
  return device;
};

/** A medium as ours are: that signature, a FAT boot partition at 1 MiB of that name, and a second partition; here ext4, which every kernel knows. */
const createOwnMedium = (path: string): string => {
  createSparse(path, 64);
  const table = `label: dos\nlabel-id: 0x${signature}\nstart=2048, size=32768, type=c\nstart=34816, size=65536, type=7\n`;
  run('sfdisk', ['--quiet', path], table);
  run('mkfs.vfat', ['-F', '32', '-i', name.replace('-', ''), '--offset', '2048', path, '16384']);
  const data = createExtImage(`${path}.data`, { sizeMebibytes: 32 });
  run('dd', [`if=${data}`, `of=${path}`, 'bs=1M', 'seek=17', 'conv=notrunc', 'status=none']);
  return path;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-places-'));
  writeFileSync(at('identity'), `${signature} ${name}\n`);
  createExtImage(at('source.img'), { files: { file: 'to be copied' } });
  createOwnMedium(at('own.img'));
});
afterEach(() => {
  for (const device of attached.splice(0)) run('losetup', ['--detach', device]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Offer {
  readonly places: readonly TargetVolume[];
  readonly disks: readonly Disk[];
}

/** What is offered for a copy of the first disk, when all of these are plugged in. */
const offered = async (paths: readonly string[], change: (disk: Disk) => Disk = (disk) => disk): Promise<Offer> => {
  await using storage = createStorage();
  await using recovery = createRecovery({ ownIdentity: at('identity') });
  const sources = await Promise.all(paths.map((path) => storage.identify(path)));
  const disks = (await storage.survey(sources)).map(change);
  return { disks, places: await recovery.listPlaces(disks, firstOf(disks)) };
};

const firstOf = ([disk]: readonly Disk[]): Volume => {
  const [volume] = disk?.volumes ?? [];
  if (volume === undefined) throw new Error('no volume');
  return volume;
};

const namesOf = ({ places }: Offer): readonly string[] =>
  places.map(({ volume }) => `${volume.path.slice(folder.length + 1)}${volume.number ? `:${volume.number}` : ''}`);

test('our own medium comes first, then other sound disks; never the source, swap, or what has errors; none is written to', async () => {
  const other = createExtImage(at('other.img'), { sizeMebibytes: 32 });
  const broken = createExtImage(at('broken.img'));
  flagErrors(broken);
  createSparse(at('xfs.img'), 320);
  run('mkfs.xfs', ['-q', at('xfs.img')]);
  createSparse(at('swap.img'), 8);
  run('mkswap', [at('swap.img')]);
  const all = ['source.img', 'other.img', 'xfs.img', 'broken.img', 'swap.img', 'own.img'].map(at);
  const before = all.map(sha256);
  const offer = await offered(all);
  expect(namesOf(offer)).toEqual(['own.img:2', 'other.img', 'xfs.img']);
  expect(offer.places.map(({ isOwnMedium }) => isOwnMedium)).toEqual([true, false, false]);
  expect(all.map(sha256)).toEqual(before);
  // As statfs(2) has it where somebody else mounts it.
  mkdirSync(at('mounted'));
  run('mount', ['-o', 'loop,ro,noload', other, at('mounted')]);
  const free = run('stat', ['--file-system', '--format', '%a %S', at('mounted')])
    .trim()
    .split(' ')
    .map(Number);
  run('umount', [at('mounted')]);
  expect(offer.places[1]?.freeBytes).toBe((free[0] ?? 0) * (free[1] ?? 0));
});

test('a disk that is mounted, or cannot be written to, or belongs to the running system, is not offered', async () => {
  for (const name of ['mounted.img', 'locked.img', 'running.img']) createExtImage(at(name));
  const mounted = attach(at('mounted.img'));
  const locked = attach(at('locked.img'), '--read-only');
  mkdirSync(at('somewhere'));
  run('mount', [mounted, at('somewhere')]);
  try {
    const running = (disk: Disk) => ({ ...disk, isRunningSystem: disk.path === at('running.img') });
    const offer = await offered([at('source.img'), mounted, locked, at('running.img')], running);
    expect(offer.disks).toHaveLength(4);
    expect(offer.places).toEqual([]);
  } finally {
    run('umount', [at('somewhere')]);
  }
});

test('while a system sleeps, only our own medium is offered', async () => {
  createExtImage(at('beside.img'));
  const asleep = (disk: Disk): Disk =>
    disk.path === at('source.img')
      ? { ...disk, volumes: [...disk.volumes, { ...firstOf([disk]), selector: 'swap', isHibernated: true }] }
      : disk;
  expect(namesOf(await offered([at('source.img'), at('beside.img'), at('own.img')], asleep))).toEqual(['own.img:2']);
});

test('with two media of ours nobody can tell which is meant, and neither boot partition is offered', async () => {
  createOwnMedium(at('twin.img'));
  const { places } = await offered([at('source.img'), at('own.img'), at('twin.img')]);
  expect(places.map(({ isOwnMedium, volume }) => [isOwnMedium, volume.number])).toEqual([
    [false, 2],
    [false, 2],
  ]);
});

test('a place is written to, is flushed and free again when it is closed, and nobody sees it meanwhile', async () => {
  const image = createExtImage(at('place.img'), { sizeMebibytes: 32 });
  const device = attach(image);
  {
    await using storage = createStorage();
    await using recovery = createRecovery({ ownIdentity: at('identity') });
    const sources = await Promise.all([at('source.img'), device].map((path) => storage.identify(path)));
    const disks = await storage.survey(sources);
    const [place] = await recovery.listPlaces(disks, firstOf(disks));
    if (place === undefined) throw new Error('nothing is offered');
    {
      await using opened = await recovery.openPlace(place);
      expect(opened.freeBytes).toBe(place.freeBytes);
      expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(device);
      await using view = await recovery.open(firstOf(disks));
      const request = { paths: ['/file'], to: `${opened.folder}/copy`, sourceId: 'source', keepsOwners: false };
      const { files, stoppedBy } = await view.copyOut(request, () => {});
      expect([files, stoppedBy]).toEqual([1, undefined]);
      await recovery.writeNote(`${opened.folder}/copy`, 'note.txt', 'beside it');
      await expect(recovery.openPlace(place)).rejects.toMatchObject({ code: 'volume-in-use' });
    }
    run('blockdev', ['--flushbufs', device]);
    expect(complaintsOf(image)).toBe('');
    expect(readWithDebugfs(image, '/copy/file')).toBe('to be copied');
    expect(readWithDebugfs(image, '/copy/note.txt')).toBe('beside it');
  }
  run('losetup', ['--detach', device]);
  attached.pop();
  expect(loopsOver(image)).toBe('');
});

test('what was plugged in or mounted after it was listed is refused', async () => {
  const device = attach(createExtImage(at('late.img')));
  await using storage = createStorage();
  await using recovery = createRecovery({ ownIdentity: at('identity') });
  const sources = await Promise.all([at('source.img'), device].map((path) => storage.identify(path)));
  const disks = await storage.survey(sources);
  const [place] = await recovery.listPlaces(disks, firstOf(disks));
  if (place === undefined) throw new Error('nothing is offered');
  mkdirSync(at('late'));
  run('mount', [device, at('late')]);
  try {
    await expect(recovery.openPlace(place)).rejects.toMatchObject({ code: 'volume-in-use' });
  } finally {
    run('umount', [at('late')]);
  }
});

test('a copy into the source by way of a place of its own is refused', async () => {
  await using storage = createStorage();
  await using recovery = createRecovery();
  mkdirSync(at('tree/inner'), { recursive: true });
  const [disk] = await storage.survey([await storage.identify(at('tree'))]);
  await using view = await recovery.open(firstOf(disk ? [disk] : []));
  const request = { paths: ['/'], to: at('tree/inner/copy'), sourceId: 'tree', keepsOwners: false };
  await expect(view.copyOut(request, () => {})).rejects.toMatchObject({ code: 'target-inside-source' });
});

test('free bytes are told for a folder and for one that would be made; what is no folder is refused', async () => {
  await using recovery = createRecovery();
  mkdirSync(at('room'));
  run('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'sparekey-test', at('room')]);
  try {
    expect(await recovery.freeBytesAt(at('room'))).toBe(20 * mebibyte);
    expect(await recovery.freeBytesAt(at('room/new'))).toBe(20 * mebibyte);
    await expect(recovery.freeBytesAt(at('room/new/deeper'))).rejects.toMatchObject({ code: 'target-unusable' });
    writeFileSync(at('room/file'), '');
    await expect(recovery.freeBytesAt(at('room/file'))).rejects.toMatchObject({ code: 'target-unusable' });
    expect(readdirSync(at('room'))).toEqual(['file']);
  } finally {
    run('umount', [at('room')]);
  }
});
