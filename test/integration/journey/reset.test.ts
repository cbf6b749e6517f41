import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { complaintsOf, createExtImage, loopsOver, readWithDebugfs, sha256 } from '../../support/disk-image.ts';
import { createHaosDisk, opensHaosUser, providerPath } from '../../support/haos-disk.ts';
import { opensHash } from '../../support/libcrypt.ts';
import { createLinuxDisk, shadowBefore, shadowLabel } from '../../support/linux-disk.ts';
import { resetArgs, sparekey, sparekeyJson } from '../../support/sparekey.ts';
import { run, withFolder } from '../../support/tools.ts';

/** Searched for in everything that a run leaves behind. */
const canary = 'Kanarienvogel im Schacht 7';

/** A file of the image, to the byte, as e2fsprogs reads it. */
const dump = (image: string, path: string, folder: string): Buffer => {
  const out = join(folder, 'dumped');
  run('debugfs', ['-R', `dump ${path} ${out}`, image]);
  return readFileSync(out);
};

const lines = (content: Buffer) => content.toString('latin1').split('\n');

describe('reset-password on a Linux disk', () => {
  test('changes two fields of one line and nothing else, proves it, and takes it back', () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'));
      const rightsBefore = run('debugfs', ['-R', 'stat /etc/shadow', image]);

      const { outcome, document } = sparekeyJson(resetArgs(image, 'bob'), canary);
      expect(outcome.exitCode).toBe(0);
      expect(document).toMatchObject({
        status: 'done',
        isVerified: true,
        plan: { task: 'reset-password', user: 'bob' },
      });
      expect(outcome.stdout + outcome.stderr).not.toContain(canary);

      const after = dump(image, '/etc/shadow', folder);
      const [before, now] = [lines(shadowBefore), lines(after)];
      const changed = now.findIndex((line) => line.startsWith('bob:'));
      expect(now.filter((_, index) => index !== changed)).toEqual(before.filter((_, index) => index !== changed));
      const [name, hash = '', days, ...rest] = now[changed]?.split(':') ?? [];
      expect(name).toBe('bob');
      expect(opensHash(canary, hash)).toBe(true);
      expect(Number(days)).toBe(Math.floor(Date.now() / 86_400_000));
      // The expiry date, the first day of 1970, had passed: cleared. All other fields as they were.
      expect(rest).toEqual(['0', '99999', '7', '', '', '']);

      const rights = run('debugfs', ['-R', 'stat /etc/shadow', image]);
      for (const right of [/Mode: +\d+/, /User: +\d+ +Group: +\d+/])
        expect(rights.match(right)?.[0]).toBe(rightsBefore.match(right)?.[0]);
      expect(run('debugfs', ['-R', 'ea_get /etc/shadow security.selinux', image])).toContain(shadowLabel);
      expect(rights).toContain('system.posix_acl_access');
      expect(complaintsOf(image)).toBe('');
      expect(readFileSync(image).includes(canary)).toBe(false);

      const { id } = document.journal;
      const listing = run('debugfs', ['-R', `ls -l /.sparekey/${id}`, image]);
      expect(listing.match(/100600/g)).toHaveLength(2);
      expect(run('debugfs', ['-R', 'stat /.sparekey', image])).toMatch(/Mode: +0700/);
      expect(sparekey(['scan', '--disk', image]).stdout).toContain(`sparekey undo ${id}`);

      expect(sparekey(['undo', '--disk', image, '--yes']).exitCode).toBe(0);
      expect(dump(image, '/etc/shadow', folder).equals(shadowBefore)).toBe(true);
      expect(run('debugfs', ['-R', 'ea_get /etc/shadow security.selinux', image])).toContain(shadowLabel);
      expect(sparekey(['scan', '--disk', image]).stdout).not.toContain('sparekey undo');
      expect(complaintsOf(image)).toBe('');
      expect(loopsOver(image)).toBe('');
    }));

  test('a name that is not UTF-8 can be selected as it is shown', () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'));
      expect(sparekey(['scan', '--disk', image]).stdout).toContain('r\\xe9mi');
      expect(sparekey(resetArgs(image, 'r\\xe9mi'), canary).exitCode).toBe(0);
      const line = lines(dump(image, '/etc/shadow', folder)).find((each) => each.startsWith('r\xe9mi:'));
      expect(opensHash(canary, line?.split(':')[1] ?? '')).toBe(true);
    }));

  test('a made-up password is printed once, and opens the account', () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'));
      const { stdout, stderr, exitCode } = sparekey([
        'reset-password',
        '--disk',
        image,
        '--user',
        'bob',
        '--generate',
        '--yes',
      ]);
      expect(exitCode).toBe(0);
      const password = stdout.match(/^New password: (\S+)$/m)?.[1] ?? '';
      expect(password).toMatch(/^[a-z]{14,}$/);
      expect((stdout + stderr).split(password)).toHaveLength(2);
      const line = lines(dump(image, '/etc/shadow', folder)).find((each) => each.startsWith('bob:'));
      expect(opensHash(password, line?.split(':')[1] ?? '')).toBe(true);
    }));

  test('a lock is lifted only when asked to', () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'));
      const untouched = sha256(image);
      const refused = sparekey(resetArgs(image, 'carol'), canary);
      expect(refused).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('--unlock') });
      expect(sha256(image)).toBe(untouched);
      expect(sparekey([...resetArgs(image, 'carol'), '--unlock'], canary).exitCode).toBe(0);
      const line = lines(dump(image, '/etc/shadow', folder)).find((each) => each.startsWith('carol:'));
      expect(opensHash(canary, line?.split(':')[1] ?? '')).toBe(true);
    }));

  test('an immutable file is announced, changed, and immutable again', () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'));
      run('debugfs', ['-w', '-R', 'set_inode_field /etc/shadow flags 0x80010', image]);
      const { document } = sparekeyJson(resetArgs(image, 'bob'), canary);
      expect(document.plan.changes).toMatchObject([{ path: '/etc/shadow', liftsImmutable: true }]);
      expect(run('debugfs', ['-R', 'stat /etc/shadow', image])).toMatch(/Flags: 0x\d*10\b/);
      expect(complaintsOf(image)).toBe('');
    }));

  test('a folder that is the root of a mounted system is changed in place', () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'));
      const mountPoint = join(folder, 'mounted');
      run('mkdir', [mountPoint]);
      run('mount', ['-o', 'loop', image, mountPoint]);
      try {
        expect(sparekey(resetArgs(mountPoint, 'bob'), canary).exitCode).toBe(0);
        const hash = readFileSync(join(mountPoint, 'etc/shadow'), 'latin1').match(/^bob:([^:]+)/m)?.[1] ?? '';
        expect(opensHash(canary, hash)).toBe(true);
        expect(sparekey(['undo', '--disk', mountPoint, '--yes']).exitCode).toBe(0);
        expect(readFileSync(join(mountPoint, 'etc/shadow')).equals(shadowBefore)).toBe(true);
      } finally {
        run('umount', [mountPoint]);
      }
    }));
});

describe('undo', () => {
  test('refuses when the file was changed since, unless told', () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'));
      const { document } = sparekeyJson(resetArgs(image, 'bob'), canary);
      expect(sparekey(resetArgs(image, 'r\\xe9mi'), canary).exitCode).toBe(0);
      const untouched = sha256(image);
      const { id } = document.journal;
      expect(sparekey(['undo', '--disk', image, '--yes'])).toMatchObject({
        exitCode: 3,
        stderr: expect.stringContaining(id),
      });
      expect(sparekey(['undo', id, '--disk', image, '--yes'])).toMatchObject({
        exitCode: 3,
        stderr: expect.stringContaining('--force'),
      });
      expect(sha256(image)).toBe(untouched);
      expect(sparekey(['undo', id, '--disk', image, '--yes', '--force']).exitCode).toBe(0);
      expect(dump(image, '/etc/shadow', folder).equals(shadowBefore)).toBe(true);
    }));

  test('can itself be undone, by its id', () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'));
      sparekey(resetArgs(image, 'bob'), canary);
      const changed = dump(image, '/etc/shadow', folder);
      const { document } = sparekeyJson(['undo', '--disk', image, '--yes']);
      expect(sparekey(['undo', '--disk', image, '--yes']).exitCode).toBe(4);
      expect(sparekey(['undo', document.journal.id, '--disk', image, '--yes']).exitCode).toBe(0);
      expect(dump(image, '/etc/shadow', folder).equals(changed)).toBe(true);
    }));

  test("a stranger's journal that points elsewhere, or whose copies are not what it says, puts nothing back", () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'));
      const { document } = sparekeyJson(resetArgs(image, 'bob'), canary);
      const { id } = document.journal;
      const forged = join(folder, 'forged');
      writeFileSync(forged, 'root::0:0:99999:7:::\n');
      run('debugfs', ['-w', '-R', `rm /.sparekey/${id}/0.saved`, image]);
      run('debugfs', ['-w', '-R', `write ${forged} /.sparekey/${id}/0.saved`, image]);
      expect(sparekey(['undo', '--disk', image, '--yes'])).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining(id),
      });
      expect(readWithDebugfs(image, '/etc/shadow')).not.toContain('root::0');
    }));
});

describe('reset-password on a disk of Home Assistant OS', () => {
  test('changes one value, forgets the app logins, and takes both back', () =>
    withFolder((folder) => {
      const disk = createHaosDisk(join(folder, 'haos.img'));
      const data = `${disk.path}?offset=${disk.data.offsetBytes}`;
      const before = readWithDebugfs(data, providerPath);
      const appLogins = readWithDebugfs(data, '/supervisor/auth.json');

      const { outcome, document } = sparekeyJson(resetArgs(disk.path, ' BOB '), canary);
      expect(outcome).toMatchObject({ exitCode: 0 });
      expect(outcome.stdout + outcome.stderr).not.toContain(canary);
      expect(document.plan.user).toBe('Bob');
      expect(document.plan.warnings.map(({ code }: { code: string }) => code)).toContain('tokens-stay');
      expect(opensHaosUser(disk, 'Bob', canary)).toBe(true);
      expect(opensHaosUser(disk, 'alice', canary)).toBe(false);
      expect(readWithDebugfs(data, '/supervisor/auth.json')).toBe('{}');

      const [old, now] = [JSON.parse(before), JSON.parse(readWithDebugfs(data, providerPath))];
      const newHash = now.data.users[1].password;
      expect(readWithDebugfs(data, providerPath)).toBe(before.replace(old.data.users[1].password, newHash));
      expect(run('debugfs', ['-R', `stat ${providerPath}`, data])).toMatch(/Mode: +0600/);
      expect(Buffer.from(newHash, 'base64').toString()).toMatch(/^\$2b\$12\$/);

      expect(sparekey(['undo', '--disk', disk.path, '--yes']).exitCode).toBe(0);
      expect(readWithDebugfs(data, providerPath)).toBe(before);
      expect(readWithDebugfs(data, '/supervisor/auth.json')).toBe(appLogins);
    }));

  test('scan says what the disk is and who is on it, and changes no byte of it', () =>
    withFolder((folder) => {
      const disk = createHaosDisk(join(folder, 'haos.img'));
      const untouched = sha256(disk.path);
      const { document } = sparekeyJson(['scan', '--disk', disk.path]);
      expect(sha256(disk.path)).toBe(untouched);
      expect(document.systems).toMatchObject([
        {
          id: 'haos@haos.img:8',
          profile: 'haos',
          name: 'Home Assistant OS',
          version: '16.2',
          capabilities: ['accounts'],
        },
      ]);
      const [{ accounts }] = document.systems;
      expect(accounts).toMatchObject([
        { name: 'alice', realm: 'home-assistant', displayName: 'Alice Martin', isOwner: true, isAdministrator: true },
        { name: 'Bob', isOwner: false, isAdministrator: true, notes: [] },
        { name: 'zoé', isAdministrator: false, notes: ['local-only'] },
        { name: 'carol', notes: ['inactive'] },
      ]);
      expect(document.disks).toMatchObject([{ table: 'gpt', isRunningSystem: false }]);
      expect(document.volumes).toHaveLength(8);
      expect(document.volumes[7]).toMatchObject({
        selector: 'haos.img:8',
        label: 'hassos-data',
        partLabel: 'hassos-data',
      });
    }));
});

describe('several systems', () => {
  test('never guesses: lists them, and takes --on', () =>
    withFolder((folder) => {
      const [first, second] = ['a.img', 'b.img'].map((name) =>
        createLinuxDisk(join(folder, name), { sizeMebibytes: 8 }),
      );
      if (!first || !second) throw new Error('two disks are needed');
      const untouched = [first, second].map(sha256);
      const args = [
        'reset-password',
        '--disk',
        first,
        '--disk',
        second,
        '--user',
        'bob',
        '--password-file',
        '-',
        '--yes',
      ];
      const refused = sparekey(args, canary);
      expect(refused.exitCode).toBe(3);
      expect(refused.stderr).toContain('debian@a.img');
      expect(refused.stderr).toContain('debian@b.img');
      expect(sparekey([...args, '--on', 'LABEL=root'], canary).exitCode).toBe(3);
      expect(sparekey([...args, '--on', 'nowhere'], canary).exitCode).toBe(4);
      expect([first, second].map(sha256)).toEqual(untouched);
      expect(sparekey([...args, '--on', 'b.img'], canary).exitCode).toBe(0);
      expect(sha256(first)).toBe(untouched[0]);
    }));

  test('a disk without any system is said to have none', () =>
    withFolder((folder) => {
      const image = createExtImage(join(folder, 'empty.img'));
      expect(sparekey(['scan', '--disk', image])).toMatchObject({
        exitCode: 0,
        stdout: expect.stringContaining('No installed system'),
      });
      expect(sparekey(resetArgs(image, 'bob'), canary).exitCode).toBe(4);
    }));
});
