import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSparse, loopsOver, sha256, writeFiles } from '../../support/disk-image.ts';
import { opensHash } from '../../support/libcrypt.ts';
import { linuxFiles, shadowBefore, shadowLabel } from '../../support/linux-disk.ts';
import { insideImage } from '../../support/loop-tree.ts';
import { type FoundSystem, resetArgs, sparekey, sparekeyJson } from '../../support/sparekey.ts';
import { run, withFolder } from '../../support/tools.ts';

const password = 'Kanarienvogel im Schacht 7';
const uuid = '11111111-2222-4333-8444-555555555555';

/** Makes a btrfs, and fills it by a shell script in which `$T` is a small Linux. */
const createBtrfs = (folder: string, fstab: string, script: string): string => {
  const image = join(folder, 'disk.img');
  const tree = join(folder, 'tree');
  createSparse(image, 320);
  run('mkfs.btrfs', ['-q', '-U', uuid, image]);
  writeFiles(tree, { ...linuxFiles.files, 'etc/fstab': fstab, 'etc/hostname': 'laptop\n' });
  linuxFiles.populate?.(tree);
  insideImage(image, `T=${tree}; ${script}`);
  return image;
};

const shadowIn = (image: string, path: string, folder: string): Buffer => {
  const copy = join(folder, 'shadow');
  insideImage(image, `cp ${path} ${copy}`, 'loop,subvolid=5');
  return readFileSync(copy);
};

const hashOfBob = (shadow: Buffer): string => shadow.toString('latin1').match(/^bob:([^:]*)/m)?.[1] ?? '';

test.each([
  ['Ubuntu', '@', `UUID=${uuid} / btrfs defaults,subvol=@ 0 1\nUUID=${uuid} /home btrfs defaults,subvol=@home 0 2\n`],
  [
    'Fedora',
    'root',
    `UUID=${uuid} / btrfs subvol=root,compress=zstd:1 0 0\nUUID=${uuid} /home btrfs subvol=home 0 0\n`,
  ],
  ['Debian', '@rootfs', `UUID=${uuid} / btrfs defaults,subvol=@rootfs 0 0\n`],
  ['an fstab that names the default', '@', `UUID=${uuid} / btrfs defaults 0 0\n`],
])('the root is a subvolume, as %s lays it out: found, changed there, proved, undone', (_, subvolume, fstab) =>
  withFolder((folder) => {
    const script = `btrfs -q subvolume create ${subvolume}; cp -a $T/. ${subvolume}/; btrfs -q subvolume create @home`;
    const image = createBtrfs(folder, fstab, script);
    const untouched = sha256(image);
    const { document: found } = sparekeyJson(['scan', '--disk', image]);
    expect(found.systems).toMatchObject([{ id: 'debian@disk.img', version: '12.7', hostname: 'laptop' }]);
    expect(found.systems[0].tree[0].layers).toEqual([{ volume: found.volumes[0].id, folder: `/${subvolume}` }]);
    expect(sha256(image)).toBe(untouched);

    expect(sparekey(resetArgs(image, 'bob'), password).exitCode).toBe(0);
    const rights = insideImage(
      image,
      `stat -c '%a %u:%g' ${subvolume}/etc/shadow; getfattr -n security.selinux ${subvolume}/etc/shadow`,
      'loop,subvolid=5',
    );
    expect(opensHash(password, hashOfBob(shadowIn(image, `${subvolume}/etc/shadow`, folder)))).toBe(true);
    expect(rights).toMatch(/^640 0:42$/m);
    expect(rights).toContain(shadowLabel);

    expect(sparekey(['undo', '--disk', image, '--yes']).exitCode).toBe(0);
    expect(shadowIn(image, `${subvolume}/etc/shadow`, folder).equals(shadowBefore)).toBe(true);
    run('btrfs', ['check', '--readonly', image]);
    expect(loopsOver(image)).toBe('');
  }),
);

test('openSUSE: of all snapshots the default one is the system, and what it keeps elsewhere belongs to it', () =>
  withFolder((folder) => {
    const line = (path: string) => `UUID=${uuid} /${path} btrfs subvol=/@/${path} 0 0\n`;
    const fstab = `UUID=${uuid} / btrfs defaults 0 0\n${line('home')}${line('var')}${line('root')}`;
    const image = createBtrfs(
      folder,
      fstab,
      [
        'btrfs -q subvolume create @; mkdir -p @/.snapshots/1 @/.snapshots/2',
        'for v in home var root; do btrfs -q subvolume create @/$v; done; mkdir -p @/home/bob/.ssh',
        'echo "ssh-ed25519 AAAA bob" >@/home/bob/.ssh/authorized_keys',
        'btrfs -q subvolume create @/.snapshots/1/snapshot; cp -a $T/. @/.snapshots/1/snapshot/',
        'sed -i "s/^bob:[^:]*/bob:!/" @/.snapshots/1/snapshot/etc/shadow; rm -r @/.snapshots/1/snapshot/home/bob',
        'btrfs -q subvolume snapshot -r @/.snapshots/1/snapshot @/.snapshots/2/snapshot',
        'btrfs -q subvolume set-default @/.snapshots/1/snapshot',
      ].join('; '),
    );
    const { document: found } = sparekeyJson(['scan', '--disk', image]);
    expect(found.systems).toMatchObject([{ id: 'debian@disk.img' }]);
    expect(found.systems[0].tree.map(({ at, layers }: FoundSystem['tree'][number]) => [at, layers[0]?.folder])).toEqual(
      [
        ['/', '/@/.snapshots/1/snapshot'],
        ['/home', '/@/home'],
        ['/var', '/@/var'],
        ['/root', '/@/root'],
      ],
    );
    const bob = found.systems[0].accounts.find(({ name }: { name: string }) => name === 'bob');
    expect(bob).toMatchObject({ notes: ['locked', 'expired', 'key-only'] });

    expect(sparekey([...resetArgs(image, 'bob'), '--unlock'], password).exitCode).toBe(0);
    expect(opensHash(password, hashOfBob(shadowIn(image, '@/.snapshots/1/snapshot/etc/shadow', folder)))).toBe(true);
    expect(hashOfBob(shadowIn(image, '@/.snapshots/2/snapshot/etc/shadow', folder))).toBe('!');
  }));

test('copies of a root beside it, which its own fstab disowns, are no systems; two systems side by side are two', () =>
  withFolder((folder) => {
    const image = createBtrfs(
      folder,
      `UUID=${uuid} / btrfs subvol=@ 0 0\n`,
      [
        'btrfs -q subvolume create @; cp -a $T/. @/',
        'btrfs -q subvolume snapshot @ @before-update; mkdir -p timeshift; btrfs -q subvolume snapshot @ timeshift/@',
        'btrfs -q subvolume snapshot @ @arch; sed -i "s/subvol=@/subvol=@arch/" @arch/etc/fstab',
        `printf 'ID=arch\\nNAME="Arch Linux"\\n' >@arch/etc/os-release; rm @arch/etc/debian_version`,
      ].join('; '),
    );
    const { document: found } = sparekeyJson(['scan', '--disk', image]);
    expect(found.systems.map(({ id, tree }: FoundSystem) => [id, tree[0]?.layers[0]?.folder])).toEqual([
      ['debian@disk.img', '/@'],
      ['arch@disk.img', '/@arch'],
    ]);
    expect(sparekey([...resetArgs(image, 'bob'), '--on', 'arch@disk.img'], password).exitCode).toBe(0);
    expect(opensHash(password, hashOfBob(shadowIn(image, '@arch/etc/shadow', folder)))).toBe(true);
    expect(shadowIn(image, '@/etc/shadow', folder).equals(shadowBefore)).toBe(true);
  }));
