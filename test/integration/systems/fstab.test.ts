import { chownSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createExtImage } from '../../support/disk-image.ts';
import { createGptDisk, type Fill } from '../../support/gpt-disk.ts';
import { linuxFiles } from '../../support/linux-disk.ts';
import { type FoundSystem, resetArgs, sparekey, sparekeyJson } from '../../support/sparekey.ts';
import { run, withFolder } from '../../support/tools.ts';

const uuids = { usr: '0a0a0a0a-1111-4222-8333-444444444444', home: '0b0b0b0b-1111-4222-8333-444444444444' };
const partUuid = '0c0c0c0c-1111-4222-8333-444444444444';
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDDS0YVpzvPBeLkaiwOkEtBHuhNzIuXvc4ZyMx9aS1Lk bob@laptop';

type Files = Readonly<Record<string, string | Uint8Array>>;

/** Lays an ext4 with these files into a partition of a disk image. */
const ext4 =
  (label: string, files: Files, uuid?: string, populate?: (root: string) => void): Fill =>
  (disk, { offsetBytes, sizeBytes }) =>
    withFolder((folder) => {
      const image = createExtImage(join(folder, 'part.img'), {
        label,
        files,
        sizeMebibytes: sizeBytes / (1 << 20),
        ...(uuid && { options: ['-U', uuid] }),
        ...(populate && { populate }),
      });
      run('dd', [`if=${image}`, `of=${disk}`, 'bs=1M', `seek=${offsetBytes}`, 'oflag=seek_bytes', 'conv=notrunc']);
    });

const rootFiles = (fstab: string): Files => ({
  'etc/passwd': linuxFiles.files?.['etc/passwd'] ?? '',
  'etc/shadow': linuxFiles.files?.['etc/shadow'] ?? '',
  'etc/fstab': fstab,
  'etc/ssh/sshd_config': 'PasswordAuthentication no\n',
});

const osRelease = 'NAME="Debian GNU/Linux"\nID=debian\nVERSION_ID="13"\n';

const inHome = (root: string) => {
  run('mkdir', ['-p', join(root, 'bob')]);
  chownSync(join(root, 'bob'), 1000, 1000);
};

/** Root, /usr, /var and /home on partitions of their own, the latter by the lines that are given. */
const createSplitDisk = (path: string, fstab: string, homeFiles: Files = {}) =>
  createGptDisk(path, [
    { name: 'root', type: 'linux', sizeMebibytes: 16, fill: ext4('root', rootFiles(fstab)) },
    { name: 'usr', type: 'linux', sizeMebibytes: 16, fill: ext4('usr', { 'lib/os-release': osRelease }, uuids.usr) },
    { name: 'home', type: 'linux', sizeMebibytes: 16, fill: ext4('people', homeFiles, uuids.home, inHome) },
    { name: 'var', type: 'linux', uuid: partUuid, sizeMebibytes: 16, fill: ext4('', { 'log/wtmp': '' }) },
  ]);

const rootLine = '/dev/sda1 / ext4 errors=remount-ro 0 1\n';

describe('what the system’s own fstab names belongs to it', () => {
  test.each([
    [
      'by UUID, LABEL and PARTUUID',
      `UUID=${uuids.usr} /usr ext4`,
      'LABEL=people /home ext4',
      `PARTUUID=${partUuid} /var ext4`,
    ],
    [
      'by udev’s links',
      `/dev/disk/by-uuid/${uuids.usr} /usr ext4`,
      '/dev/disk/by-label/people /home ext4',
      `/dev/disk/by-partuuid/${partUuid.toUpperCase()} /var ext4`,
    ],
    ['by kernel names of the root’s disk', '/dev/sda2 /usr ext4', '/dev/sda3 /home/ ext4', '/dev/sda4 //var auto'],
  ])('%s', (_, ...lines) =>
    withFolder((folder) => {
      const disk = join(folder, 'disk.img');
      createSplitDisk(
        disk,
        `# made by an installer\n${rootLine}${lines.map((line) => `${line} defaults 0 2\n`).join('')}`,
      );
      const { document } = sparekeyJson(['scan', '--disk', disk]);
      expect(document.systems).toMatchObject([{ id: 'debian@disk.img:1', version: '13' }]);
      const selectorOf = (id: string) => document.volumes.find((volume: { id: string }) => volume.id === id)?.selector;
      const tree = document.systems[0].tree.map(({ at, layers }: FoundSystem['tree'][number]) => [
        at,
        layers.map(({ volume }) => selectorOf(volume)),
      ]);
      expect(Object.fromEntries(tree)).toEqual({
        '/': ['disk.img:1'],
        '/usr': ['disk.img:2'],
        '/home': ['disk.img:3'],
        '/var': ['disk.img:4'],
      });
      expect(document.warnings).toEqual([]);
    }),
  );

  test('a key goes to the volume that /home is on; the plan says so, and undo takes it away', () =>
    withFolder((folder) => {
      const disk = join(folder, 'disk.img');
      const [, , home] = createSplitDisk(
        disk,
        `${rootLine}UUID=${uuids.usr} /usr ext4 ro 0 2\nLABEL=people /home ext4 defaults 0 2\n`,
      );
      const keyFile = join(folder, 'key.pub');
      run('tee', [keyFile], `${key}\n`);
      const args = ['authorize-key', '--disk', disk, '--user', 'bob', '--key', keyFile, '--yes'];
      const { outcome, document } = sparekeyJson(args);
      expect(outcome.exitCode).toBe(0);
      expect(document.plan.volume).toMatchObject({ selector: 'disk.img:3' });
      expect(document.plan.warnings).toMatchObject([
        { code: 'lies-elsewhere', message: expect.stringContaining('disk.img:3') },
      ]);
      const cat = () => run('debugfs', ['-R', 'cat /bob/.ssh/authorized_keys', `${disk}?offset=${home?.offsetBytes}`]);
      expect(cat()).toBe(`${key}\n`);
      const stat = run('debugfs', ['-R', 'stat /bob/.ssh/authorized_keys', `${disk}?offset=${home?.offsetBytes}`]);
      expect(stat).toMatch(/User:\s+1000\s+Group:\s+1000/);
      expect(stat).toMatch(/Mode:\s+0600/);
      expect(sparekey(['undo', '--disk', disk, '--yes']).exitCode).toBe(0);
      expect(cat()).toBe('');
    }));

  test('a part that is not here is said to be missing, and nothing is written below its empty mount point', () =>
    withFolder((folder) => {
      const disk = join(folder, 'disk.img');
      const lost = 'UUID=99999999-9999-4999-8999-999999999999';
      createGptDisk(disk, [
        {
          name: 'root',
          type: 'linux',
          sizeMebibytes: 16,
          fill: ext4('root', {
            ...rootFiles(`${lost} /home ext4 defaults 0 2\n`),
            'usr/lib/os-release': osRelease,
            'home/bob/x': '',
          }),
        },
      ]);
      const { document } = sparekeyJson(['scan', '--disk', disk]);
      expect(document.warnings).toMatchObject([{ code: 'part-missing', message: expect.stringContaining(lost) }]);
      const keyFile = join(folder, 'key.pub');
      run('tee', [keyFile], `${key}\n`);
      const before = readFileSync(disk);
      const refused = sparekey(['authorize-key', '--disk', disk, '--user', 'bob', '--key', keyFile, '--yes']);
      expect(refused.exitCode).toBe(3);
      expect(readFileSync(disk).equals(before)).toBe(true);
      expect(sparekey(resetArgs(disk, 'bob'), 'Kanarienvogel 7').exitCode).toBe(0);
    }));
});

describe('a hostile fstab', () => {
  test('never moves the accounts to another disk, and what it moves is shown', () =>
    withFolder((folder) => {
      const disk = join(folder, 'disk.img');
      const stranger = {
        ...rootFiles(''),
        'etc/os-release': 'ID=arch\nNAME="Arch Linux"\n',
        'etc/hostname': 'victim\n',
      };
      const lines = ['/etc', '/', '/etc/ssh', '/home/../etc', '/home/bob/../../etc'].map(
        (at) => `LABEL=victim ${at} ext4 defaults 0 2\n`,
      );
      createGptDisk(disk, [
        {
          name: 'hostile',
          type: 'linux',
          sizeMebibytes: 16,
          fill: ext4('hostile', {
            ...rootFiles(
              `${lines.join('')}/victim/etc /etc none bind 0 0\nLABEL=victim /srv/x ext4 defaults 0 0\n/srv/x/etc /etc none bind 0 0\n`,
            ),
            'etc/os-release': osRelease,
          }),
        },
        { name: 'victim', type: 'linux', sizeMebibytes: 16, fill: ext4('victim', stranger) },
      ]);
      const { document } = sparekeyJson(['scan', '--disk', disk]);
      const [hostile] = document.systems;
      expect(hostile).toMatchObject({ id: 'debian@disk.img:1' });
      expect(hostile).not.toHaveProperty('hostname');
      expect(hostile.tree.map(({ at }: { at: string }) => at)).toEqual(['/', '/srv/x']);
      const reset = sparekeyJson([...resetArgs(disk, 'bob'), '--on', 'disk.img:1'], 'Kanarienvogel 7');
      expect(reset.document.plan.volume).toMatchObject({ selector: 'disk.img:1' });
    }));
});
