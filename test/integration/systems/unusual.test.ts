import { mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sha256, writeFiles } from '../../support/disk-image.ts';
import { createGptDisk, ext4, type Fill, fromFile } from '../../support/gpt-disk.ts';
import { crypt, opensHash } from '../../support/libcrypt.ts';
import { resetArgs, sparekey, sparekeyJson } from '../../support/sparekey.ts';
import { run, withFolder } from '../../support/tools.ts';

const password = 'Kanarienvogel im Schacht 7';
const forgotten = crypt('forgotten', '$6$saltsalt$');
const passwd = 'root:x:0:0:root:/root:/bin/ash\n';

/** The squashfs of an OpenWrt, and behind it in the same partition its overlay, at the next border of 64 KiB. */
const openwrtPartition = (overlayFiles: Readonly<Record<string, string>> | undefined): Fill =>
  fromFile((file, sizeBytes) =>
    withFolder((root) => {
      writeFiles(root, {
        'etc/openwrt_release': "DISTRIB_ID='OpenWrt'\nDISTRIB_RELEASE='23.05.3'\n",
        'etc/os-release': 'NAME="OpenWrt"\nID="openwrt"\nID_LIKE="lede openwrt"\nVERSION_ID="23.05.3"\n',
        'etc/config/system': "config system\n\toption hostname 'router'\n",
        'etc/passwd': passwd,
        'etc/shadow': 'root:::0:99999:7:::\n',
      });
      run('chmod', ['600', join(root, 'etc/shadow')]);
      run('mksquashfs', [root, file, '-no-progress', '-quiet', '-all-root']);
      if (overlayFiles === undefined) return;
      const start = Math.ceil(statSync(file).size / 65536) * 65536;
      run('truncate', ['-s', `${sizeBytes}`, file]);
      withFolder((upper) => {
        writeFiles(upper, { 'upper/etc/.keep': '', 'work/.keep': '', ...overlayFiles });
        const options = ['-t', 'ext4', '-E', `offset=${start}`, '-d', upper];
        run('mke2fs', ['-q', '-F', ...options, file, `${Math.floor((sizeBytes - start) / 1024)}k`]);
      });
    }),
  );

describe('OpenWrt on a squashfs', () => {
  const make = (path: string, files: Readonly<Record<string, string>> | undefined) =>
    createGptDisk(path, [{ name: '', type: 'linux', sizeMebibytes: 16, fill: openwrtPartition(files) }]);

  test('its accounts are those that lie over it, and there they are changed', () =>
    withFolder((folder) => {
      const disk = join(folder, 'router.img');
      make(disk, { 'upper/etc/shadow': `root:${forgotten}:19000:0:99999:7:::\n` });
      const before = sha256(disk);
      const { document } = sparekeyJson(['scan', '--disk', disk]);
      expect(sha256(disk)).toBe(before);
      expect(document.systems).toMatchObject([
        {
          id: 'linux@router.img:1',
          name: 'OpenWrt',
          version: '23.05.3',
          hostname: 'router',
          accounts: [{ login: 'password' }],
        },
      ]);
      const reset = sparekeyJson(resetArgs(disk, 'root'), password);
      expect(reset.outcome.exitCode).toBe(0);
      expect(reset.document.plan.volume).toMatchObject({ selector: 'router.img:1+' });
      expect(reset.document.plan.changes).toMatchObject([{ kind: 'write-file', path: '/upper/etc/shadow' }]);
      const again = sparekeyJson(['scan', '--disk', disk]);
      expect(again.document.systems).toHaveLength(1);
      expect(sparekey(['undo', '--disk', disk, '--yes']).exitCode).toBe(0);
    }));

  test('where nothing was changed yet, the overlay gets a file of its own, and undo takes it away', () =>
    withFolder((folder) => {
      const disk = join(folder, 'router.img');
      make(disk, {});
      const scan = sparekeyJson(['scan', '--disk', disk]);
      expect(scan.document.systems).toMatchObject([{ accounts: [{ name: 'root', login: 'anyone' }] }]);
      const reset = sparekeyJson([...resetArgs(disk, 'root'), '--unlock'], password);
      expect(reset.outcome.exitCode).toBe(0);
      expect(reset.document.plan.changes).toMatchObject([{ kind: 'create-file', path: '/upper/etc/shadow' }]);
      const shown = sparekey(['cat', '/upper/etc/shadow', '--disk', disk, '--on', 'router.img:1+']);
      expect(opensHash(password, shown.stdout.split(':')[1] ?? '')).toBe(true);
      expect(sparekeyJson(['scan', '--disk', disk]).document.systems[0].accounts[0].login).toBe('password');
      expect(sparekey(['undo', '--disk', disk, '--yes']).exitCode).toBe(0);
      expect(sparekeyJson(['scan', '--disk', disk]).document.systems[0].accounts[0].login).toBe('anyone');
    }));

  test('without its overlay nobody is said to be let in by the factory’s accounts, and nothing is offered', () =>
    withFolder((folder) => {
      const disk = join(folder, 'router.img');
      make(disk, undefined);
      const { document } = sparekeyJson(['scan', '--disk', disk]);
      expect(document.systems).toMatchObject([{ name: 'OpenWrt', accounts: [] }]);
      expect(document.warnings).toMatchObject([{ code: 'accounts-elsewhere' }]);
      const refused = sparekey(resetArgs(disk, 'root'), password);
      expect(refused.exitCode).toBe(3);
      expect(refused.stderr).toContain('read-only by nature');
    }));
});

describe('ostree, as Fedora Silverblue lays it out', () => {
  const root = (folder: string) => {
    const deploy = 'ostree/deploy/fedora/deploy';
    for (const [name, version] of [
      ['old.0', '40'],
      ['new.0', '41'],
    ] as const)
      writeFiles(folder, {
        [`${deploy}/${name}/etc/passwd`]: 'root:x:0:0::/root:/bin/bash\nlea:x:1000:1000::/var/home/lea:/bin/bash\n',
        [`${deploy}/${name}/etc/shadow`]: `root:!::0:99999:7:::\nlea:${forgotten}:19000:0:99999:7:::\n`,
        [`${deploy}/${name}/etc/fstab`]: 'LABEL=boot /boot ext4 defaults 1 2\n',
        [`${deploy}/${name}/usr/lib/os-release`]: `NAME="Fedora Linux"\nID=fedora\nVERSION_ID=${version}\n`,
      });
    writeFiles(folder, { 'ostree/deploy/fedora/var/home/lea/.profile': '', 'ostree/repo/config': '[core]\n' });
    mkdirSync(join(folder, 'ostree/boot.1.1/fedora/kkk'), { recursive: true });
    symlinkSync('boot.1.1', join(folder, 'ostree/boot.1'));
    for (const [serial, name] of [
      ['0', 'new.0'],
      ['1', 'old.0'],
    ] as const) {
      symlinkSync(`../../../deploy/fedora/deploy/${name}`, join(folder, `ostree/boot.1.1/fedora/kkk/${serial}`));
      symlinkSync('var/home', join(folder, `${deploy}/${name}/home`));
    }
  };
  const boot = (folder: string) => {
    for (const [number, serial] of [
      [1, 1],
      [2, 0],
    ] as const)
      writeFiles(folder, {
        [`loader/entries/ostree-${number}-fedora.conf`]: `version ${number}\noptions rw ostree=/ostree/boot.1/fedora/kkk/${serial}\n`,
      });
  };

  test('the deployment that the boot loader starts is the system; its /etc is changed, its home is in /var', () =>
    withFolder((folder) => {
      const disk = join(folder, 'silverblue.img');
      createGptDisk(disk, [
        { name: 'boot', type: 'linux', sizeMebibytes: 16, fill: ext4('boot', boot) },
        { name: 'root', type: 'linux', sizeMebibytes: 32, fill: ext4('fedora', root) },
      ]);
      const { document } = sparekeyJson(['scan', '--disk', disk]);
      expect(document.systems).toMatchObject([{ id: 'fedora@silverblue.img:2', version: '41' }]);
      const reset = sparekeyJson(resetArgs(disk, 'lea'), password);
      expect(reset.outcome.exitCode).toBe(0);
      expect(reset.document.plan.changes).toMatchObject([{ path: '/ostree/deploy/fedora/deploy/new.0/etc/shadow' }]);
      const key = join(folder, 'key.pub');
      run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')]);
      const letIn = sparekeyJson(['authorize-key', '--disk', disk, '--user', 'lea', '--key', key, '--yes']);
      expect(letIn.outcome.exitCode).toBe(0);
      expect(letIn.document.plan.changes).toMatchObject([
        { path: '/ostree/deploy/fedora/var/home/lea/.ssh/authorized_keys' },
      ]);
    }));
});

test('Unraid: the accounts in /config of its stick', () =>
  withFolder((folder) => {
    const stick = join(folder, 'stick');
    run('cp', ['-r', new URL('../../fixtures/trees/unraid', import.meta.url).pathname, stick]);
    const { document } = sparekeyJson(['scan', '--disk', stick]);
    expect(document.systems).toMatchObject([{ profile: 'unraid', hostname: 'Tower', version: '6.12.10' }]);
    expect(sparekey(resetArgs(stick, 'root'), password).exitCode).toBe(0);
    const [line = ''] = readFileSync(join(stick, 'config/shadow'), 'utf8').split('\n');
    expect(opensHash(password, line.split(':')[1] ?? '')).toBe(true);
    expect(sparekey(['undo', '--disk', stick, '--yes']).exitCode).toBe(0);
  }));

test.each([
  ['Alpine that runs from memory', { 'router.apkovl.tar.gz': 'x' }, 'alpine-diskless', '.apkovl.tar.gz'],
  [
    'Ubuntu Core',
    { 'system-data/etc/x': '', 'system-data/var/lib/snapd/modeenv': 'base=core22_1.snap\n' },
    'ubuntu-core',
    'Ubuntu One',
  ],
  [
    'an account of systemd-homed',
    {
      'etc/passwd': passwd,
      'etc/shadow': 'root:!::::::\n',
      'etc/os-release': 'ID=arch\nNAME="Arch Linux"\n',
      'var/lib/systemd/home/lea.identity': '{}',
    },
    'arch',
    'homectl',
  ],
])('%s: said where the accounts are, and refused with what to do', (_, files, profile, words) =>
  withFolder((folder) => {
    const root = join(folder, 'mnt');
    writeFiles(root, files);
    const scan = sparekey(['scan', '--disk', root]);
    expect(scan.stdout).toContain(words);
    expect(sparekeyJson(['scan', '--disk', root]).document.systems).toMatchObject([{ profile }]);
    const refused = sparekey(resetArgs(root, 'lea'), password);
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toContain(words);
  }),
);
