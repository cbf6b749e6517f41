import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Tree } from '../../../src/model/tree.ts';
import { createExtImage, flagErrors, loopsOver, poke, sha256, unplug } from '../../support/disk-image.ts';
import { firstVolume } from '../../support/leasing.ts';
import { scratchStorage } from '../../support/scratch.ts';
import { run, withFolder } from '../../support/tools.ts';

const { storage, at } = scratchStorage('look');

const volumeOf = (path: string) => firstVolume(storage, path);

const textOf = async (tree: Tree, path: string) => {
  const content = await tree.read(path);
  return content && Buffer.from(content).toString();
};

/** Surveys and looks, and proves that not one byte of the image was changed by it. */
const looking = async <T>(path: string, action: (tree: Tree) => Promise<T>): Promise<T> => {
  const before = sha256(path);
  try {
    await using look = await storage.look(await volumeOf(path));
    return await action(look.tree);
  } finally {
    expect(sha256(path)).toBe(before);
    expect(loopsOver(path)).toBe('');
  }
};

const files = { 'etc/os-release': 'ID=debian\n', 'etc/shadow': 'root:*:1::::::\n' };

test.each(['ext2', 'ext3', 'ext4'] as const)('looking into %s writes nothing', async (type) => {
  const path = createExtImage(at(`clean-${type}.img`), { type, files });
  await looking(path, async (tree) => {
    expect(await textOf(tree, '/etc/os-release')).toBe('ID=debian\n');
    expect((await tree.list('/etc')).map(({ name }) => name).toSorted()).toEqual(['os-release', 'shadow']);
    expect(await tree.isImmutable('/etc/shadow')).toBe(false);
  });
});

test.each(['ext3', 'ext4'] as const)('looking into an unplugged %s replays no journal', async (type) => {
  const path = createExtImage(at(`dirty-${type}.img`), { type, files });
  unplug(path);
  await looking(path, async (tree) => {
    expect(await textOf(tree, '/etc/os-release')).toBe('ID=debian\n');
    expect(await tree.read('/late')).toBeUndefined();
  });
  // The journal is still there to be replayed: writing brings the late file to light.
  {
    await using lease = await storage.lease(await volumeOf(path));
    expect(await textOf(lease.tree, '/late')).toBe('late\n');
  }
});

test.each(['ext2', 'ext3', 'ext4'] as const)('looking into a damaged %s writes nothing', async (type) => {
  const path = createExtImage(at(`damaged-${type}.img`), { type, files });
  run('debugfs', ['-w', '-R', 'set_inode_field /etc/shadow mode 0150600', path]); // a kind of file that is none
  flagErrors(path);
  await looking(path, async (tree) => {
    await expect(tree.read('/etc/shadow')).rejects.toMatchObject({ code: 'read-failed' });
    expect(await textOf(tree, '/etc/os-release')).toBe('ID=debian\n');
  });
});

test('a file system that cannot be mounted is said to be so, and left as it was', async () => {
  const path = createExtImage(at('unmountable.img'), { files });
  const volume = await volumeOf(path);
  poke(path, 1024 + 0x60, Buffer.from([0xff, 0xff, 0xff, 0xff])); // features from the future
  const before = sha256(path);
  await expect(storage.look(volume)).rejects.toMatchObject({ code: 'cannot-mount' });
  expect(sha256(path)).toBe(before);
  expect(loopsOver(path)).toBe('');
});

test('squashfs and erofs slots can be looked into', async () => {
  withFolder((root) => {
    run('sh', ['-c', 'mkdir "$1/etc" && echo ID=haos > "$1/etc/os-release"', 'sh', root]);
    run('mksquashfs', [root, at('slot.squashfs'), '-quiet', '-no-progress']);
    run('mkfs.erofs', ['--quiet', at('slot.erofs'), root]);
  });
  for (const path of [at('slot.squashfs'), at('slot.erofs')]) {
    expect(await looking(path, (tree) => textOf(tree, '/etc/os-release'))).toBe('ID=haos\n');
    expect(await looking(path, (tree) => tree.isImmutable('/etc/os-release'))).toBe(false);
    await expect(storage.lease(await volumeOf(path))).rejects.toMatchObject({ code: 'read-only-device' });
  }
});

test('a partition inside an image', async () => {
  const data = createExtImage(at('part-data.img'), { files });
  run('truncate', ['--size=32M', at('disk.img')]);
  run('sfdisk', ['--quiet', at('disk.img')], 'label: gpt\nsize=8MiB\nsize=16MiB\n');
  run('dd', [`if=${data}`, `of=${at('disk.img')}`, 'bs=1M', 'seek=9', 'conv=notrunc', 'status=none']);
  const [disk] = await storage.survey([{ kind: 'image', path: at('disk.img') }]);
  const [empty, volume] = disk?.volumes ?? [];
  expect(empty && storage.canLook(empty)).toBe(false);
  if (volume === undefined) throw new Error('two partitions');
  expect(storage.canLook(volume)).toBe(true);
  await using look = await storage.look(volume);
  expect(await textOf(look.tree, '/etc/os-release')).toBe('ID=debian\n');
});

test('a block device, whole and by hidden partition: nothing is written through it, dirty journal or not', async () => {
  const data = createExtImage(at('device-data.img'), { files });
  unplug(data);
  run('truncate', ['--size=32M', at('device.img')]);
  run('sfdisk', ['--quiet', at('device.img')], 'label: gpt\nsize=8MiB\nsize=16MiB\n');
  run('dd', [`if=${data}`, `of=${at('device.img')}`, 'bs=1M', 'seek=9', 'conv=notrunc', 'status=none']);
  for (const [image, index] of [
    [data, 0],
    [at('device.img'), 1],
  ] as const) {
    const before = sha256(image);
    const device = run('losetup', ['--find', '--show', image]).trim();
    try {
      const [disk] = await storage.survey([await storage.identify(device)]);
      const volume = disk?.volumes[index];
      if (volume === undefined) throw new Error('a volume');
      expect(volume).toMatchObject({ kind: 'device', path: device, isReadOnly: false, filesystem: { state: 'dirty' } });
      await using look = await storage.look(volume);
      expect(await textOf(look.tree, '/etc/os-release')).toBe('ID=debian\n');
      expect(await look.tree.read('/late')).toBeUndefined();
    } finally {
      run('losetup', ['--detach', device]);
    }
    await expect.poll(() => loopsOver(image), { timeout: 10_000 }).toBe('');
    expect(sha256(image)).toBe(before);
  }
});

test('an image on a medium that was mounted after the first look', async () => {
  const path = createExtImage(at('early.img'), { files });
  await using early = await storage.look(await volumeOf(path));
  const stick = at('stick');
  mkdirSync(stick);
  run('mount', ['-t', 'tmpfs', 'sparekey-test', stick]);
  try {
    const late = createExtImage(join(stick, 'late.img'), { sizeMebibytes: 4, files });
    expect(await looking(late, (tree) => textOf(tree, '/etc/os-release'))).toBe('ID=debian\n');
    expect(await textOf(early.tree, '/etc/os-release')).toBe('ID=debian\n');
  } finally {
    run('umount', [stick]);
  }
});

test('who is not root may look into folders and images, and is told what needs root', () => {
  const path = createExtImage(at('root.img'), { files });
  const script = `
    const { createStorage } = await import(${JSON.stringify(import.meta.resolve('../../../src/host/storage/storage.ts'))});
    const storage = createStorage();
    const path = ${JSON.stringify(path)};
    process.chdir('/'); // the checkout may lie where only its owner may go
    process.seteuid(65534);
    const codeOf = (promise) => promise.then(() => 'fine', (error) => error.code);
    const [disk] = await storage.survey([{ kind: 'image', path }]);
    const [volume] = disk.volumes;
    console.log(volume.filesystem.type, await codeOf(storage.look(volume)), await codeOf(storage.survey([])));`;
  run('chmod', ['0755', at('.')]);
  expect(run(process.execPath, ['--input-type=module', '-e', script])).toBe('ext4 fine need-root\n');
});

test('one volume looked at by many at once, again and again', async () => {
  const path = createExtImage(at('busy.img'), { files });
  const volume = await volumeOf(path);
  const rounds = [1, 2, 3, 4, 5];
  for (const _ of rounds) {
    const texts = await Promise.all(
      rounds.map(async (wait) => {
        await new Promise((resolve) => setTimeout(resolve, wait * 3));
        await using look = await storage.look(volume);
        return await textOf(look.tree, '/etc/os-release');
      }),
    );
    expect(new Set(texts)).toEqual(new Set(['ID=debian\n']));
  }
  expect(loopsOver(path)).toBe('');
});

test('more volumes at once than a machine has loop devices for', async () => {
  const paths = Array.from({ length: 10 }, (_, index) =>
    createExtImage(at(`many-${index}.img`), { sizeMebibytes: 4, files }),
  );
  const volumes = await Promise.all(paths.map(volumeOf));
  const texts = await Promise.all(
    volumes.map(async (volume) => {
      await using look = await storage.look(volume);
      return await textOf(look.tree, '/etc/os-release');
    }),
  );
  expect(texts).toEqual(paths.map(() => 'ID=debian\n'));
});

test('a look that is given back twice is given back once', async () => {
  const path = createExtImage(at('twice.img'), { files });
  const volume = await volumeOf(path);
  const first = await storage.look(volume);
  await using second = await storage.look(volume);
  await first[Symbol.asyncDispose]();
  await first[Symbol.asyncDispose]();
  expect(await textOf(second.tree, '/etc/os-release')).toBe('ID=debian\n');
});
