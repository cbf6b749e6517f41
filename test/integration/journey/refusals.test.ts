import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  complaintsOf,
  createSparse,
  flagErrors,
  loopsOver,
  poke,
  readWithDebugfs,
  sha256,
  unplug,
} from '../../support/disk-image.ts';
import { createGptDisk, ext4, swap } from '../../support/gpt-disk.ts';
import { opensHash } from '../../support/libcrypt.ts';
import { createLinuxDisk, linuxFiles, shadowBefore } from '../../support/linux-disk.ts';
import { resetArgs, sparekey, sparekeyJson } from '../../support/sparekey.ts';
import { run, withFolder } from '../../support/tools.ts';

const password = 'Kanarienvogel im Schacht 7';

/** Tries to reset bob's password, and expects a refusal that leaves the disk as it was to the byte. */
const expectRefusal = (image: string, code: string, exitCode: number): string => {
  const untouched = sha256(image);
  const { outcome, document } = sparekeyJson(resetArgs(image, 'bob'), password);
  expect({ code: document.error?.code, exitCode: outcome.exitCode }).toEqual({ code, exitCode });
  expect(sha256(image)).toBe(untouched);
  expect(loopsOver(image)).toBe('');
  expect(outcome.stderr).not.toContain(password);
  return document.error.message;
};

const hashOf = (image: string, user: string): string =>
  readWithDebugfs(image, '/etc/shadow').match(new RegExp(`^${user}:([^:]*)`, 'm'))?.[1] ?? '';

describe('a disk that must not, or cannot, be written', () => {
  test('a file system with recorded errors: says how to check it', () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'));
      flagErrors(image);
      expect(expectRefusal(image, 'needs-fsck', 3)).toContain(`fsck.ext4 -f ${image}`);
      run('sh', ['-c', 'fsck.ext4 -f -y "$1" >/dev/null || test $? -eq 1', 'sh', image]);
      expect(sparekey(resetArgs(image, 'bob'), password).exitCode).toBe(0);
    }));

  test('the pasted command also mends a partition inside an image', () =>
    withFolder((folder) => {
      const image = join(folder, 'card.img');
      const tree = ext4('root', (root) => {
        createLinuxTree(root);
      });
      const [extent] = createGptDisk(image, [{ name: 'root', type: 'linux', sizeMebibytes: 16, fill: tree }]);
      run('debugfs', ['-w', '-R', 'set_super_value state 2', `${image}?offset=${extent?.offsetBytes}`]);
      const message = expectRefusal(image, 'needs-fsck', 3);
      const command = message.match(/`(.+)`/)?.[1] ?? '';
      run('sh', ['-c', `${command.replace('fsck.ext4 -f', 'fsck.ext4 -f -y')} || true`]);
      expect(sparekey(resetArgs(image, 'bob'), password).exitCode).toBe(0);
    }));

  test('a machine that sleeps (hibernated): nothing of it is touched', () =>
    withFolder((folder) => {
      const image = join(folder, 'laptop.img');
      const [, area] = createGptDisk(image, [
        { name: 'root', type: 'linux', sizeMebibytes: 16, fill: ext4('root', createLinuxTree) },
        { name: 'swap', type: 'swap', sizeMebibytes: 8, fill: swap },
      ]);
      poke(image, (area?.offsetBytes ?? 0) + 4096 - 10, Buffer.from('S1SUSPEND\0'));
      expect(expectRefusal(image, 'hibernated', 3)).toContain('laptop.img:2');
      expect(sparekey(['scan', '--disk', image]).stdout).toContain('hibernated');
    }));

  test('an image file that may not be written', () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'));
      const device = run('losetup', ['--find', '--show', '--read-only', image]).trim();
      try {
        const { document, outcome } = sparekeyJson(resetArgs(device, 'bob'), password);
        expect(document.error.code).toBe('read-only-device');
        expect(outcome.exitCode).toBe(3);
      } finally {
        run('losetup', ['--detach', device]);
      }
    }));

  test('a volume that is mounted: scan says where, and nothing is written', () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'));
      const mountPoint = join(folder, 'mounted');
      mkdirSync(mountPoint);
      run('mount', ['-o', 'loop', image, mountPoint]);
      try {
        const device = run('findmnt', ['-no', 'SOURCE', mountPoint]).trim();
        expect(sparekey(['scan', '--disk', device]).stdout).toContain(mountPoint);
        const { document, outcome } = sparekeyJson([...resetArgs(device, 'bob'), '--on', device], password);
        expect(outcome.exitCode).toBeGreaterThanOrEqual(3);
        expect(JSON.stringify(document.error)).toContain(mountPoint);
        expect(readFileSync(join(mountPoint, 'etc/shadow')).equals(shadowBefore)).toBe(true);
      } finally {
        run('umount', [mountPoint]);
      }
    }));

  test('a full file system: the old file stays, and a word on what to do', () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'), { sizeMebibytes: 4 });
      fill(image, folder);
      const { document, outcome } = sparekeyJson(resetArgs(image, 'bob'), password);
      expect({ code: document.error?.code, exitCode: outcome.exitCode }).toEqual({ code: 'no-space', exitCode: 1 });
      expect(run('debugfs', ['-R', 'ls -p /', image])).not.toContain('.sparekey');
      expect(run('debugfs', ['-R', 'ls -p /etc', image])).not.toContain('.sparekey');
      expect(Buffer.from(readWithDebugfs(image, '/etc/shadow')).toString()).toBe(shadowBefore.toString());
      expect(complaintsOf(image)).toBe('');
      expect(loopsOver(image)).toBe('');
    }));

  test('a disk that fails while it is written: the old file stays', () =>
    withFolder((folder) => {
      // A sparse image on a tmpfs without room for it: what is there can be read, a block that is not cannot be written.
      const small = join(folder, 'small');
      mkdirSync(small);
      const sound = createLinuxDisk(join(folder, 'card.img'), { sizeMebibytes: 64 });
      run('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'small', small]);
      const image = join(small, 'card.img');
      try {
        run('cp', ['--sparse=always', sound, image]);
        run('sh', ['-c', 'dd if=/dev/zero of="$1/ballast" bs=4k status=none 2>/dev/null || true', 'sh', small]);
        const { document, outcome } = sparekeyJson(resetArgs(image, 'bob'), password);
        expect(outcome.exitCode).toBe(1);
        expect([
          'write-failed',
          'read-only-device',
          'cannot-mount',
          'no-space',
          'read-failed',
          'rollback-failed',
        ]).toContain(document.error.code);
        expect(loopsOver(image)).toBe('');
        run('rm', [join(small, 'ballast')]);
        run('sh', ['-c', 'e2fsck -fy "$1" >/dev/null || test $? -le 2', 'sh', image]);
        const now = Buffer.from(readWithDebugfs(image, '/etc/shadow')).toString();
        expect(now === shadowBefore.toString() || opensHash(password, hashOf(image, 'bob'))).toBe(true);
      } finally {
        run('umount', [small]);
      }
    }));

  test('a file system that was not shut down: looked at as it is, replayed only after the yes', () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'));
      unplug(image);
      const untouched = sha256(image);
      const preview = sparekey(['reset-password', '--disk', image, '--user', 'bob', '--password-file', '-'], password);
      expect(preview).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('not shut down cleanly') });
      const dryRun = sparekey(
        ['reset-password', '--disk', image, '--user', 'bob', '--password-file', '-', '--dry-run'],
        password,
      );
      expect(dryRun).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('/etc/shadow') });
      expect(sha256(image)).toBe(untouched);
      expect(sparekey(resetArgs(image, 'bob'), password).exitCode).toBe(0);
      expect(opensHash(password, hashOf(image, 'bob'))).toBe(true);
      expect(complaintsOf(image)).toBe('');
    }));
});

describe("a stranger's disk", () => {
  test('whose /etc leads out of the tree neither shows nor changes a file of this machine', () =>
    withFolder((folder) => {
      const host = join(folder, 'host');
      mkdirSync(join(host, 'etc'), { recursive: true });
      for (const [name, content] of Object.entries(linuxFiles.files ?? {})) writeFileSync(join(host, name), content);
      const before = readFileSync(join(host, 'etc/shadow'));
      for (const target of [join(host, 'etc'), `../../../../../../../..${host}/etc`, '/proc/self/root/etc', '..']) {
        const image = join(folder, 'card.img');
        createSparse(image, 8);
        const root = join(folder, 'tree');
        mkdirSync(root);
        symlinkSync(target, join(root, 'etc'));
        run('mke2fs', ['-q', '-F', '-t', 'ext4', '-d', root, image]);
        run('rm', ['-r', root]);
        const { document } = sparekeyJson(['scan', '--disk', image]);
        expect(document.systems).toEqual([]);
        expect(sparekey(resetArgs(image, 'bob'), password).exitCode).toBe(4);
      }
      expect(readFileSync(join(host, 'etc/shadow')).equals(before)).toBe(true);
    }));

  test('whose shadow is a link inside the tree is changed where it really is', () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'), {
        populate: (root) => {
          mkdirSync(join(root, 'private'));
          run('cp', ['-a', join(root, 'etc/shadow'), join(root, 'private/shadow')]);
          run('rm', [join(root, 'etc/shadow')]);
          symlinkSync('/private/shadow', join(root, 'etc/shadow'));
        },
      });
      const { document } = sparekeyJson(resetArgs(image, 'bob'), password);
      expect(document.plan.changes).toMatchObject([{ path: '/private/shadow' }]);
      expect(readWithDebugfs(image, '/private/shadow')).toContain('bob:$6$');
      expect(run('debugfs', ['-R', 'stat /etc/shadow', image])).toContain('Type: symlink');
    }));

  test.each([
    ['a FIFO', (shadow: string) => run('mkfifo', [shadow])],
    ['a device', (shadow: string) => run('mknod', [shadow, 'c', '1', '5'])],
    ['a gigantic file', (shadow: string) => run('truncate', ['-s', '10G', shadow])],
    ['a folder', (shadow: string) => mkdirSync(shadow)],
    ['a link to itself', (shadow: string) => symlinkSync('shadow', shadow)],
  ])('with %s in the place of shadow is refused, and does not hang', (_, plant) =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'), {
        populate: (root) => {
          const shadow = join(root, 'etc/shadow');
          run('rm', [shadow]);
          plant(shadow);
        },
      });
      const untouched = sha256(image);
      const { outcome, document } = sparekeyJson(['scan', '--disk', image]);
      expect(outcome.exitCode).toBe(0);
      expect(document.systems).toMatchObject([{ profile: 'debian', accounts: [] }]);
      expect(document.warnings).toMatchObject([{ code: 'accounts-failed' }]);
      expect(sparekey(resetArgs(image, 'bob'), password).exitCode).toBe(4);
      expect(sha256(image)).toBe(untouched);
    }),
  );

  test('with escape sequences in its label and names shows them harmlessly, and they can be selected', () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'), {
        files: {
          'etc/passwd': Buffer.from('ev\u001b[31mil:x:1000:1000::/home/e:/bin/sh\n'),
          'etc/shadow': Buffer.from('ev\u001b[31mil:$6$x$y:19000:0:99999:7:::\n'),
        },
      });
      run('sh', ['-c', `e2label "$1" "$(printf '\\033]0;x\\007\\nbad\\377')"`, 'sh', image]);
      const { stdout, exitCode } = sparekey(['scan', '--disk', image]);
      expect(exitCode).toBe(0);
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
      expect(stdout).toContain('ev\\x1b[31mil');
      const label = stdout.match(/\\x1b\]0;x\\x07\\x0abad\\xff/)?.[0] ?? '';
      expect(label).not.toBe('');
      const args = [...resetArgs(image, 'ev\\x1b[31mil'), '--on', `LABEL=${label}`];
      expect(sparekey(args, password).exitCode).toBe(0);
      expect(opensHash(password, readWithDebugfs(image, '/etc/shadow').match(/il:([^:]*)/)?.[1] ?? '')).toBe(true);
    }));
});

describe('what is asked wrongly', () => {
  test.each([
    ['a source that is not there', ['scan', '--disk', '/nowhere.img'], 4],
    ['a source that is no disk', ['scan', '--disk', '/dev/null'], 2],
    ['no terminal to ask on', ['reset-password', '--user', 'bob'], 3],
    ['a password file that is not there', ['reset-password', '--user', 'bob', '--password-file', '/nowhere'], 2],
  ])('%s', (_, args, exitCode) =>
    withFolder((folder) => {
      const disk = args.includes('--disk') ? [] : ['--disk', createLinuxDisk(join(folder, 'card.img'))];
      const outcome = sparekey([...args, ...disk, '--lang', 'en']);
      expect(outcome).toMatchObject({ exitCode, stdout: '' });
      expect(outcome.stderr).toMatch(/^[A-ZT“/]/);
    }),
  );

  test.each([
    ['empty', '', 'password-empty'],
    ['of two lines', 'one\ntwo\n', 'password-unusable'],
    ['that is not UTF-8', Uint8Array.of(0x61, 0xff), 'password-unusable'],
    ['with a zero byte', 'a\0b', 'password-unusable'],
    ['longer than any login takes', 'x'.repeat(512), 'password-unusable'],
  ])('a password %s', (_, input, code) =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'));
      const untouched = sha256(image);
      const { stdout, exitCode } = sparekey([...resetArgs(image, 'bob'), '--json'], input);
      expect(JSON.parse(stdout).error.code).toBe(code);
      expect(exitCode).toBe(2);
      expect(sha256(image)).toBe(untouched);
    }),
  );
});

const createLinuxTree = (root: string): void => {
  mkdirSync(join(root, 'etc'), { recursive: true });
  for (const [name, content] of Object.entries(linuxFiles.files ?? {})) writeFileSync(join(root, name), content);
  linuxFiles.populate?.(root);
  chmodSync(join(root, 'etc/passwd'), 0o644);
};

/** Leaves no block free, not even those reserved for root. */
const fill = (image: string, folder: string): void => {
  const mountPoint = join(folder, 'filled');
  mkdirSync(mountPoint);
  const script = `mount -o loop "$1" "$2"; dd if=/dev/zero of="$2/ballast" bs=4k status=none 2>/dev/null
    dd if=/dev/zero of="$2/ballast2" bs=1k status=none 2>/dev/null; i=0
    while echo x >"$2/tiny$i" 2>/dev/null; do i=$((i+1)); test $i -lt 2000 || break; done; umount "$2"`;
  run('unshare', ['--mount', 'sh', '-c', script, 'sh', image, mountPoint]);
};
