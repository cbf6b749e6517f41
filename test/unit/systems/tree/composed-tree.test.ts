import { describe, expect, test } from 'vitest';
import { composed, namedVolume } from '../../../support/composed.ts';
import { folder, memoryTree, other, symlink } from '../../../support/fixture-tree.ts';

const root = namedVolume('root');
const home = namedVolume('home');
const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString();

describe('folders of several volumes as one tree', () => {
  const tree = composed(
    [
      { at: '/', layers: [{ volume: root, folder: '/@' }] },
      { at: '/home', layers: [{ volume: home, folder: '/people' }] },
      { at: '/var', layers: [] },
    ],
    {
      root: memoryTree({
        '/etc/outside': 'of the volume, not of the system',
        '/@/etc/os-release': symlink('../usr/lib/os-release'),
        '/@/usr/lib/os-release': 'ID=arch',
        '/@/etc/up': symlink('../../../../etc/inside'),
        '/@/etc/inside': 'inside',
        '/@/absolute': symlink('/home/bob/note'),
        '/@/loop': symlink('/loop'),
        '/@/home/hidden': 'under the mount point',
        '/@/var/log/hidden': 'on a volume that is not here',
        '/@/users': symlink('home'),
      }),
      home: memoryTree({
        '/people/bob/note': 'bob’s',
        '/people/bob/back': symlink('../../etc/inside'),
        '/secret': 'not of the system',
      }),
    },
  );

  test.each([
    ['/etc/inside', 'inside'],
    ['/etc/os-release', 'ID=arch'],
    ['/etc/up', 'inside'],
    ['/etc/outside', undefined],
    ['/absolute', 'bob’s'],
    ['/users/bob/note', 'bob’s'],
    ['/home/bob/back', 'inside'],
    ['/home/../home/./bob//note', 'bob’s'],
    ['/home/hidden', undefined],
    ['/home/secret', undefined],
    ['/home/../secret', undefined],
    ['/var/log/hidden', undefined],
    ['/nothing', undefined],
  ])('%s', async (path, content) => {
    expect(text(await tree.read(path))).toBe(content);
    expect((await tree.status(path))?.kind).toBe(content === undefined ? undefined : 'file');
  });

  test('where something stands is told by volume, and links that lead round and round are refused', async () => {
    expect(await tree.locate('/absolute')).toEqual({ volume: home, path: '/people/bob/note', isTop: true });
    expect(await tree.locate('/etc/up')).toEqual({ volume: root, path: '/@/etc/inside', isTop: true });
    expect(await tree.resolve('/users')).toBe('/home');
    expect(await tree.linkTarget('/absolute')).toBe('/home/bob/note');
    await expect(tree.read('/loop')).rejects.toMatchObject({ code: 'path-loop' });
  });

  test('a new name stands where its folder is, and nowhere where that is not here', async () => {
    expect(await tree.place('/home/bob/.ssh')).toEqual({ volume: home, path: '/people/bob/.ssh', folders: [] });
    await expect(tree.place('/var/log/new')).rejects.toMatchObject({ code: 'file-missing' });
  });

  test('a folder shows what is mounted in it, and not what that hides', async () => {
    expect((await tree.list('/home')).map(({ name }) => name)).toEqual(['bob']);
    expect(await tree.list('/var')).toEqual([]);
    expect((await tree.list('/')).map(({ name }) => name).sort()).toEqual(
      ['absolute', 'etc', 'home', 'loop', 'users', 'usr', 'var'].sort(),
    );
  });
});

describe('layers over one another', () => {
  const lower = namedVolume('lower');
  const upper = namedVolume('upper');
  const tree = composed(
    [
      {
        at: '/',
        layers: [
          { volume: upper, folder: '/upper' },
          { volume: lower, folder: '/' },
        ],
      },
    ],
    {
      upper: memoryTree({
        '/upper/etc/shadow': 'new',
        '/upper/etc/gone': other,
        '/upper/lib': other,
        '/upper/etc/now-a-file': '',
        '/upper/etc/now-a-link': symlink('shadow'),
      }),
      lower: memoryTree({
        '/etc/shadow': 'old',
        '/etc/passwd': 'old',
        '/etc/gone': 'deleted',
        '/etc/now-a-file/below': 'hidden',
        '/etc/now-a-link': 'hidden',
        '/lib/libc': 'hidden',
        '/root/.ssh': folder,
      }),
    },
  );

  test.each([
    ['/etc/shadow', 'new'],
    ['/etc/passwd', 'old'],
    ['/etc/gone', undefined],
    ['/etc/now-a-link', 'new'],
    ['/etc/now-a-file/below', undefined],
    ['/lib/libc', undefined],
  ])('%s', async (path, content) => {
    expect(text(await tree.read(path))).toBe(content);
  });

  test('a folder holds the names of all layers, without those that were deleted', async () => {
    const names = (await tree.list('/etc')).map(({ name }) => name);
    expect(names.sort()).toEqual(['now-a-file', 'now-a-link', 'passwd', 'shadow']);
    expect((await tree.list('/')).map(({ name }) => name).sort()).toEqual(['etc', 'root']);
  });

  test('what lies below is written above, in folders that are made like those below', async () => {
    expect(await tree.locate('/etc/passwd')).toEqual({ volume: lower, path: '/etc/passwd', isTop: false });
    expect(await tree.place('/etc/passwd')).toEqual({ volume: upper, path: '/upper/etc/passwd', folders: [] });
    expect(await tree.place('/root/.ssh/authorized_keys')).toEqual({
      volume: upper,
      path: '/upper/root/.ssh/authorized_keys',
      folders: [
        { seen: '/root', path: '/upper/root' },
        { seen: '/root/.ssh', path: '/upper/root/.ssh' },
      ],
    });
  });
});
