import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createGptDisk, type Extent, ext4, swap, vfat } from './gpt-disk.ts';
import { run, statusOf, withFolder } from './tools.ts';

/**
 * A disk with a real, small Debian on it: the suite that this machine runs, from the mirror that its apt uses, with
 * accounts made by Debian's own useradd and chpasswd. Takes root.
 */

const mebibyte = 1 << 20;
const rootMebibytes = 1024;

export interface DebianDisk {
  readonly path: string;
  /** The partition with its root file system. */
  readonly root: Extent;
}

/** The passwords that were forgotten. */
export const forgotten = { root: 'forgotten-by-root', alice: 'forgotten-by-alice', bob: 'forgotten-by-bob' } as const;

/**
 * Shell commands run inside the new system. alice has the scheme of the distribution (yescrypt since Debian 11), bob an
 * older one, carol is locked, dave has expired, erin logs in with a key only.
 */
const accounts = [
  `echo 'root:${forgotten.root}' | chpasswd`,
  'useradd --create-home --shell /bin/bash --comment "Alice Martin" --groups adm alice',
  `echo 'alice:${forgotten.alice}' | chpasswd`,
  'useradd --create-home --shell /bin/bash --comment Bob bob',
  `echo 'bob:${forgotten.bob}' | chpasswd --crypt-method SHA512`,
  'useradd --create-home --shell /bin/bash --comment Carol carol',
  'echo carol:carol | chpasswd && usermod --lock carol',
  'useradd --create-home --shell /bin/bash --comment Dave --expiredate 2020-01-31 dave',
  'echo dave:dave | chpasswd',
  'useradd --create-home --shell /bin/bash --comment Erin erin',
  'mkdir -p ~erin/.ssh && echo "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE erin" >~erin/.ssh/authorized_keys',
  'chown -R erin: ~erin/.ssh && chmod 700 ~erin/.ssh && chmod 600 ~erin/.ssh/authorized_keys',
  'echo debian >/etc/hostname',
].join(' && ');

const codename = (): string => {
  const name = readFileSync('/etc/os-release', 'utf8').match(/^VERSION_CODENAME="?([a-z]+)/m)?.[1];
  if (name === undefined) throw new Error('this machine does not say in /etc/os-release which Debian it is');
  return name;
};

/** `deb URL SUITE main` as this machine's apt has it; empty (mmdebstrap's own choice) where it has none. */
const mirror = (suite: string): readonly string[] => {
  const format = '$(ORIGIN) $(RELEASE) $(COMPONENT) $(REPO_URI)';
  const targets = run('apt-get', ['indextargets', '--format', format, 'Created-By: Packages']).split('\n');
  const uri = targets.map((line) => line.split(' ')).find(([, release, part]) => release === suite && part === 'main');
  return uri?.[3] ? [`deb ${uri[3]} ${suite} main`] : [];
};

/** Documentation and translations are no part of the story. */
const leftOut = ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*', '/usr/share/info/*'];

/** Puts the system into a folder: Debian's least, and these packages; then its accounts are made. */
export const bootstrap = (root: string, packages: readonly string[] = []): void => {
  const suite = codename();
  const options = ['--mode=root', '--variant=minbase', ...packages.map((name) => `--include=${name}`)];
  const exclusions = leftOut.map((pattern) => `--dpkgopt=path-exclude=${pattern}`);
  run('mmdebstrap', [...options, ...exclusions, suite, root, ...mirror(suite)]);
  run('chroot', [root, 'sh', '-ec', accounts]);
};

const bake = (path: string): void => {
  createGptDisk(path, [
    { name: 'EFI System Partition', type: 'efi', sizeMebibytes: 64, fill: vfat('EFI', { 'startup.nsh': 'exit\r\n' }) },
    { name: 'root', type: 'linux', sizeMebibytes: rootMebibytes, fill: ext4('debian-root', bootstrap) },
    { name: 'swap', type: 'swap', sizeMebibytes: 64, fill: swap },
  ]);
};

/**
 * Copies a disk that takes a minute and the network to make. It is kept in .cache until one of the sources, which say
 * how it is made, or the machine's suite changes.
 */
export const copyKept = (
  name: string,
  sources: readonly string[],
  make: (path: string) => void,
  path: string,
): void => {
  const hash = createHash('sha256');
  for (const source of sources) hash.update(readFileSync(source));
  const recipe = hash.digest('hex').slice(0, 16);
  const folder = join(import.meta.dirname, '../../.cache/debian');
  const kept = join(folder, `${name}-${codename()}-${process.arch}-${recipe}.img`);
  if (!existsSync(kept)) {
    console.log(`==> Making a small Debian (${codename()}) with mmdebstrap; it is kept for the next time`);
    mkdirSync(folder, { recursive: true });
    const unfinished = `${kept}.${process.pid}`;
    try {
      make(unfinished);
      renameSync(unfinished, kept);
    } finally {
      rmSync(unfinished, { force: true });
    }
  }
  run('cp', ['--sparse=always', '--reflink=auto', kept, path]);
};

/** Makes the disk image. */
export const createDebianDisk = (path: string): DebianDisk => {
  copyKept('debian', [import.meta.filename], bake, path);
  const root = { number: 2, name: 'root', offsetBytes: 65 * mebibyte, sizeBytes: rootMebibytes * mebibyte };
  return { path, root };
};

/**
 * Whether a person can become the user with this password, judged by the system itself: an unprivileged `su` runs its
 * real PAM inside a chroot on the disk. The mount is read-only, private, and gone when `su` ends.
 */
export const opensDebianUser = ({ path, root }: DebianDisk, user: string, password: string): boolean =>
  withFolder((mountPoint) => {
    const options = `loop,ro,noload,offset=${root.offsetBytes},sizelimit=${root.sizeBytes}`;
    const script = `
      mount -t ext4 -o ${options} "$1" "$2" || exit 90
      exec chroot --userspec=nobody:nogroup "$2" su --command=true "$3"`;
    const args = ['--mount', 'sh', '-c', script, 'sh', path, mountPoint, user];
    const status = statusOf('unshare', args, `${password}\n`);
    if (status > 1) throw new Error(`su could not be asked about ${user} on ${path} (exit ${status})`);
    return status === 0;
  });
