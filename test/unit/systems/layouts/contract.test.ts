import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Volume } from '../../../../src/model/storage.ts';
import type { Tree } from '../../../../src/model/tree.ts';
import { layouts } from '../../../../src/systems/layouts/index.ts';
import type { Ground } from '../../../../src/systems/layouts/layout.ts';
import { namedVolume } from '../../../support/composed.ts';
import { type FixtureFiles, fixtureTree, memoryTree, symlink } from '../../../support/fixture-tree.ts';

const trees = fileURLToPath(new URL('../../../fixtures/trees/', import.meta.url));
const fixtures = readdirSync(trees, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

type Siblings = readonly (readonly [Volume, Tree])[];

const groundOf = (
  tree: Tree,
  volume: Volume = namedVolume('sdb2'),
  siblings: Siblings = [],
  preferred?: string,
): Ground => ({
  volume,
  tree,
  siblings: [volume, ...siblings.map(([sibling]) => sibling)],
  withSibling: async (wanted, action) => {
    const found = siblings.find(([sibling]) => sibling === wanted)?.[1];
    return found && (await action(found));
  },
  ...(preferred !== undefined && { defaultFolder: async () => preferred }),
});

/** What every layout says, by its id: the folders at `/` and elsewhere, topmost layer first. */
const foldersBy = async (ground: Ground) => {
  const all = layouts.map(async ({ id, find }) =>
    (await find(ground)).map(({ pieces }) => [
      id,
      ...pieces.map(
        ({ at, layers }) => `${at} ${layers.map(({ volume, folder }) => `${volume.selector}:${folder}`).join(' ')}`,
      ),
    ]),
  );
  return (await Promise.all(all)).flat();
};

test('ids are unique', () => {
  expect(new Set(layouts.map(({ id }) => id)).size).toBe(layouts.length);
});

test.each(fixtures)('on the tree of %s nothing but its own layout speaks', async (name) => {
  const found = await foldersBy(groundOf(fixtureTree(name)));
  expect(found).toEqual(name === 'unraid' ? [['unraid', '/ sdb2:/', '/etc sdb2:/config']] : []);
});

const btrfs = namedVolume('sdb2', { filesystem: { type: 'btrfs', uuid: 'aaaa', state: 'unknown' } });
const system = (folder: string, fstab = ''): FixtureFiles => ({
  [`${folder}/etc/os-release`]: 'ID=fedora',
  [`${folder}/etc/fstab`]: fstab,
});

describe('subvolumes', () => {
  test.each([
    ['the one that its fstab names', { ...system('/@', 'UUID=aaaa / btrfs subvol=@') }, '/', ['/@']],
    ['none where the volume’s own root is the system', { ...system(''), '/srv/x': '' }, '/', []],
    [
      'not the copy of it',
      { ...system('/@', 'x / btrfs subvol=/@'), ...system('/@old', 'x / btrfs subvol=/@') },
      '/',
      ['/@'],
    ],
    [
      'the default, not what lies beside it',
      { ...system('/@/.snapshots/3/snapshot', 'x / btrfs'), ...system('/@/.snapshots/1/snapshot'), ...system('/old') },
      '/@/.snapshots/3/snapshot',
      ['/@/.snapshots/3/snapshot'],
    ],
    [
      'a NixOS whose fstab lies in another subvolume',
      { '/root/etc/passwd': '', '/root/etc/fstab': symlink('/nix/store/x') },
      '/',
      ['/root'],
    ],
  ])('%s', async (_, files, preferred, folders) => {
    const found = await foldersBy(groundOf(memoryTree(files), btrfs, [], preferred));
    expect(found).toEqual(folders.map((folder) => ['btrfs', `/ sdb2:${folder}`]));
  });
});

/** Two deployments, of which a boot loader entry starts one: as `ostree admin deploy` leaves them. */
const deployed = (root: string, boot: string, first: string): FixtureFiles => ({
  [`${root}/ostree/repo/config`]: '[core]',
  [`${root}/ostree/deploy/fedora/var/home/lea/.profile`]: '',
  [`${root}/ostree/deploy/fedora/deploy/aaa.0/etc/passwd`]: '',
  [`${root}/ostree/deploy/fedora/deploy/aaa.0/etc/fstab`]: 'UUID=boot /boot ext4\n',
  [`${root}/ostree/deploy/fedora/deploy/bbb.0/etc/passwd`]: '',
  [`${root}/ostree/boot.1`]: symlink('boot.1.1'),
  [`${root}/ostree/boot.1.1/fedora/kkk/0`]: symlink('../../../deploy/fedora/deploy/aaa.0'),
  [`${root}/ostree/boot.1.1/fedora/kkk/1`]: symlink('../../../deploy/fedora/deploy/bbb.0'),
  ...(boot === '' ? {} : entriesIn(boot, first)),
});

const entriesIn = (boot: string, first: string): FixtureFiles =>
  Object.fromEntries(
    ['0', '1'].map((serial) => [
      `${boot}/loader/entries/ostree-${serial === first ? 2 : 1}-fedora.conf`,
      `title Fedora\nversion ${serial === first ? 2 : 1}\noptions root=UUID=x rw ostree=/ostree/boot.1/fedora/kkk/${serial}\nlinux /x\n`,
    ]),
  );

const deployment = (name: string, root = '') => [
  'ostree',
  `/ sdb2:${root}/ostree/deploy/fedora/deploy/${name}`,
  `/var sdb2:${root}/ostree/deploy/fedora/var`,
  `/sysroot sdb2:${root || '/'}`,
];

describe('deployments of ostree', () => {
  test.each([
    ['0', 'aaa.0'],
    ['1', 'bbb.0'],
  ])('the one that the first entry of the menu starts (%s)', async (first, name) => {
    expect(await foldersBy(groundOf(memoryTree(deployed('', '/boot', first))))).toEqual([deployment(name)]);
  });

  test('by entries on the volume that a deployment’s fstab has for /boot, or that is labelled so', async () => {
    const entries = memoryTree(entriesIn('', '1'));
    const named = namedVolume('sdb1', { filesystem: { type: 'ext4', uuid: 'boot', state: 'clean' } });
    const labelled = namedVolume('sdb3', { filesystem: { type: 'ext4', label: 'boot', state: 'clean' } });
    for (const boot of [named, labelled]) {
      const ground = groundOf(memoryTree(deployed('', '', '')), undefined, [[boot, entries]]);
      expect(await foldersBy(ground)).toEqual([deployment('bbb.0')]);
    }
  });

  test('in a subvolume of btrfs', async () => {
    const ground = groundOf(memoryTree(deployed('/root', '/root/boot', '0')), btrfs, [], '/');
    expect(await foldersBy(ground)).toContainEqual(deployment('aaa.0', '/root'));
  });
});

test('OpenWrt: what was changed lies over the squashfs, in the volume behind it', async () => {
  const squashfs = namedVolume('sdb2', { filesystem: { type: 'squashfs', state: 'unknown' } });
  const overlay = namedVolume('sdb2+', { filesystem: { type: 'ext4', state: 'clean' } });
  const tree = memoryTree({ '/etc/openwrt_release': '' });
  const ground = groundOf(tree, squashfs, [[overlay, memoryTree({ '/upper/etc/shadow': '' })]]);
  expect(await foldersBy(ground)).toEqual([['openwrt', '/ sdb2+:/upper sdb2:/']]);
  expect(await foldersBy(groundOf(tree, squashfs))).toEqual([]);
});
