import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { complaintsOf, createExtImage, sha256 } from '../../support/disk-image.ts';
import { withMounted } from '../../support/recovery.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { sparekey, sparekeyJson, sparekeyOnTerminal } from '../../support/sparekey.ts';
import { run } from '../../support/tools.ts';

const at = scratchFolder('authorize-key');
const pub = () => at('id.pub');

const shadow = 'root:*:19000::::::\nbob:*:19000::::::\n';
const passwd = 'root:x:0:0:root:/root:/bin/bash\nbob:x:1000:1001:Bob:/home/bob:/bin/bash\n';

interface DiskOptions {
  readonly files?: Readonly<Record<string, string>>;
  readonly populate?: (root: string) => void;
  readonly label?: string;
}

const createDisk = (name: string, { files = {}, populate, label }: DiskOptions = {}): string => {
  const image = createExtImage(at(name), {
    files: {
      'etc/os-release': 'ID=debian\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\n',
      'etc/ssh/sshd_config': 'Include /etc/ssh/sshd_config.d/*.conf\nUsePAM yes\n',
      'etc/passwd': passwd,
      'etc/shadow': shadow,
      'etc/group': 'root:x:0:\nbob:x:1001:\n',
      ...files,
    },
    populate: (root) => {
      mkdirSync(join(root, 'home/bob'), { recursive: true });
      mkdirSync(join(root, 'root'), { recursive: true });
      populate?.(root);
    },
  });
  const own = 'chown -R 1000:1001 "$1/home/bob" && chmod 755 "$1/home/bob"';
  const labelled = label === undefined ? own : `${own} && chcon ${label} "$1/home/bob"`;
  withMounted(image, 'rw', labelled);
  return image;
};

const authorize = (image: string, more: readonly string[] = [], input = '') =>
  sparekeyJson(['authorize-key', '--disk', image, '--user', 'bob', '--key', pub(), '--yes', ...more], input);

/** Modes, owners, labels and contents below a home, by foreign tools. */
const look = (image: string, path = '/home/bob'): string =>
  withMounted(
    image,
    'ro,noload',
    'cd "$1$2" && find . -mindepth 1 -printf "%P %m %U:%G\\n" | sort && find . -type f -exec cat {} +',
    [path],
  );

beforeAll(() => {
  run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'bob@laptop', '-f', at('id')]);
});

describe('a key is let in', () => {
  test('.ssh and authorized_keys are made with the owner and the modes that sshd wants, and undone without a trace', () => {
    const image = createDisk('plain.img');
    const before = look(image);
    const { outcome, document } = authorize(image);
    expect(outcome.exitCode).toBe(0);
    const [, fingerprint] = run('ssh-keygen', ['-l', '-f', pub()]).split(' ');
    expect(document.plan).toMatchObject({ task: 'authorize-key', user: 'bob', fingerprint });
    expect(look(image)).toBe(`.ssh 700 1000:1001\n.ssh/authorized_keys 600 1000:1001\n${readFileSync(pub(), 'utf8')}`);
    expect(complaintsOf(image)).toBe('');
    // Once more: nothing to do, and nothing is added.
    const hash = sha256(image);
    expect(sparekey(['authorize-key', '--disk', image, '--user', 'bob', '--key', pub(), '--dry-run']).stdout).toContain(
      'nothing was written',
    );
    expect(sha256(image)).toBe(hash);
    const undone = sparekeyJson(['undo', '--disk', image, '--yes']).document;
    expect(look(image)).toBe(before);
    // The undo can be undone, by its id.
    expect(sparekey(['undo', undone.journal.id, '--disk', image, '--yes']).exitCode).toBe(0);
    expect(look(image)).toBe(`.ssh 700 1000:1001\n.ssh/authorized_keys 600 1000:1001\n${readFileSync(pub(), 'utf8')}`);
    expect(complaintsOf(image)).toBe('');
  });

  test('what stands there stays to the byte, with owner, mode and flags', () => {
    const old = '# my keys\r\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJx0lK3nL0rT4pUe0sFkS7i8GhVtQm2bWcYdNvEaZxQy eve';
    const image = createDisk('old.img', { files: { 'home/bob/.ssh/authorized_keys': old } });
    withMounted(
      image,
      'rw',
      'chmod 700 "$1/home/bob/.ssh"; chmod 640 "$1/home/bob/.ssh/authorized_keys"; chattr +i "$1/home/bob/.ssh/authorized_keys"',
    );
    expect(authorize(image).outcome.exitCode).toBe(0);
    expect(look(image)).toBe(
      `.ssh 700 1000:1001\n.ssh/authorized_keys 640 1000:1001\n${old}\n${readFileSync(pub(), 'utf8')}`,
    );
    expect(withMounted(image, 'ro,noload', 'lsattr "$1/home/bob/.ssh/authorized_keys"')).toContain('i');
  });

  test('labels, where the system has them', () => {
    const image = createDisk('labels.img', { label: 'unconfined_u:object_r:user_home_dir_t:s0' });
    expect(authorize(image).outcome.exitCode).toBe(0);
    const labels = withMounted(
      image,
      'ro,noload',
      'getfattr -h --only-values -n security.selinux "$1/home/bob/.ssh"; echo; getfattr -h --only-values -n security.selinux "$1/home/bob/.ssh/authorized_keys"',
    );
    expect(labels.replaceAll('\0', '').trim().split('\n')).toEqual(
      Array(2).fill('unconfined_u:object_r:ssh_home_t:s0'),
    );
  });

  test('where this system’s sshd looks: AuthorizedKeysFile of a drop-in, for this user, outside of homes', () => {
    const files = {
      'etc/ssh/sshd_config.d/1.conf': 'Match User bob\n  AuthorizedKeysFile /etc/ssh/keys/%u\n',
      'etc/ssh/sshd_config.d/2.conf': 'AuthorizedKeysFile .ssh/other\n',
    };
    const image = createDisk('elsewhere.img', { files });
    expect(authorize(image).outcome.exitCode).toBe(0);
    expect(look(image, '/etc/ssh/keys')).toBe(`bob 644 0:0\n${readFileSync(pub(), 'utf8')}`);
    expect(look(image)).toBe('');
  });

  test('from standard input, with what Windows adds, and pasted on a terminal', async () => {
    const image = createDisk('pasted.img');
    const key = readFileSync(pub(), 'utf8').trim();
    const piped = sparekey(
      ['authorize-key', '--disk', image, '--user', 'bob', '--key', '-', '--yes'],
      Buffer.from(`\ufeff${key}\r\n`, 'utf16le'),
    );
    expect(piped.exitCode).toBe(0);
    expect(look(image)).toContain(`${key}\n`);
    expect(sparekey(['undo', '--disk', image, '--yes']).exitCode).toBe(0);
    const args = ['authorize-key', '--disk', image, '--user', 'bob'];
    const { exitCode } = await sparekeyOnTerminal(args, [
      ['Paste the public key', `${key}\r`],
      ['Do this?', 'y\r'],
    ]);
    expect(exitCode).toBe(0);
    expect(look(image)).toContain(`${key}\n`);
  });
});

describe('OpenSSH itself lets in whom we let in', () => {
  test('a login with the key, and none without it', { timeout: 120_000 }, async () => {
    // The disk's files, in a home that a real sshd of this machine serves.
    const image = createDisk('login.img');
    expect(authorize(image).outcome.exitCode).toBe(0);
    const home = at('home');
    rmSync(home, { recursive: true, force: true });
    withMounted(image, 'ro,noload', 'cp -a "$1/home/bob" "$2"', [home]);
    run('chown', ['-R', '0:0', home]);
    const config = at('sshd_config');
    run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('host')]);
    const lines = [
      'PasswordAuthentication no',
      'UsePAM no',
      'PermitRootLogin yes',
      `HostKey ${at('host')}`,
      `AuthorizedKeysFile ${home}/.ssh/authorized_keys`,
      'StrictModes no',
      'LogLevel ERROR',
    ];
    writeFileSync(config, `${lines.join('\n')}\n`);
    const login = (identity: string) =>
      new Promise<string>((resolve) => {
        // One connection through pipes: nothing listens.
        const proxy = `mkdir -p /run/sshd && exec /usr/sbin/sshd -i -f ${config}`;
        const options = [
          '-o',
          'BatchMode=yes',
          '-o',
          'StrictHostKeyChecking=no',
          '-o',
          'UserKnownHostsFile=/dev/null',
          '-o',
          'IdentitiesOnly=yes',
          '-o',
          `ProxyCommand=sh -c '${proxy}'`,
        ];
        const child = spawn('ssh', ['-F', 'none', '-i', identity, ...options, 'root@rescued', 'echo in']);
        let output = '';
        for (const stream of [child.stdout, child.stderr])
          stream.on('data', (chunk) => {
            output += chunk;
          });
        child.on('close', () => resolve(output));
      });
    expect(await login(at('id'))).toContain('in\n');
    run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('stranger')]);
    expect(await login(at('stranger'))).toContain('Permission denied');
  });
});

describe('what is refused, and why', () => {
  const refuse = (image: string, more: readonly string[] = [], key = pub()) => {
    const before = sha256(image);
    const { outcome, document } = sparekeyJson([
      'authorize-key',
      '--disk',
      image,
      '--user',
      'bob',
      '--key',
      key,
      '--yes',
      ...more,
    ]);
    expect(sha256(image)).toBe(before);
    return [outcome.exitCode, document.error.code, document.error.message];
  };

  test('a private key, a missing file, and none at all', () => {
    const image = createDisk('refused.img');
    expect(refuse(image, [], at('id'))).toEqual([2, 'key-unusable', expect.stringContaining('private key')]);
    expect(refuse(image, ['--lang', 'fr'], at('id'))).toEqual([
      2,
      'key-unusable',
      expect.stringContaining('clé privée'),
    ]);
    expect(refuse(image, [], at('none.pub'))).toEqual([2, 'key-file', expect.stringContaining('none.pub')]);
    expect(sparekey(['authorize-key', '--disk', image, '--user', 'bob', '--yes']).stderr).toContain('Name its file');
  });

  test.each([
    ['.ssh', (root: string) => symlinkSync('/etc', join(root, 'home/bob/.ssh'))],
    ['.ssh, leading nowhere', (root: string) => symlinkSync('/nowhere', join(root, 'home/bob/.ssh'))],
    [
      'authorized_keys',
      (root: string) => {
        mkdirSync(join(root, 'home/bob/.ssh'));
        symlinkSync('../../../etc/shadow', join(root, 'home/bob/.ssh/authorized_keys'));
      },
    ],
    [
      'authorized_keys, as a folder',
      (root: string) => mkdirSync(join(root, 'home/bob/.ssh/authorized_keys'), { recursive: true }),
    ],
  ])('a link or a folder in the way: %s', (name, populate) => {
    expect(refuse(createDisk(`${name}.img`, { populate })).slice(0, 2)).toEqual([3, 'keys-unsafe']);
  });

  test('a home that is on another volume', () => {
    const image = createDisk('nohome.img', { files: { 'etc/passwd': passwd.replace('/home/bob', '/srv/homes/bob') } });
    expect(refuse(image)).toEqual([3, 'home-missing', expect.stringContaining('/srv/homes/bob')]);
  });

  test('AuthorizedKeysFile none', () => {
    const image = createDisk('none.img', { files: { 'etc/ssh/sshd_config': 'AuthorizedKeysFile none\n' } });
    expect(refuse(image)).toEqual([3, 'keys-refused', expect.stringContaining('line 1')]);
  });
});

test('what keeps the door shut all the same is said before', () => {
  const files = { 'etc/ssh/sshd_config': 'PubkeyAuthentication no\n' };
  const image = createDisk('shut.img', { files, populate: (root) => mkdirSync(join(root, 'home/bob/.ssh')) });
  withMounted(image, 'rw', 'chmod 777 "$1/home/bob"');
  const { document } = authorize(image, ['--dry-run']);
  expect(document.plan.warnings.map(({ code }: { code: string }) => code)).toEqual(['ssh-setting', 'strict-modes']);
});
