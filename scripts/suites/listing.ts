import { spawnSync } from 'node:child_process';

/** What find(1) and sha256sum(1) see of a tree. Names are Latin-1: a character for each byte. */
export interface Listing {
  /** Files, folders and links, by their paths: `f`, `d`, `l`. */
  readonly kinds: Map<string, string>;
  /** SHA-256 of what could be read to its end. */
  readonly digests: Map<string, string>;
  /** Where links lead. */
  readonly targets: Map<string, string>;
  /** Files that are listed, and not found by their names. */
  readonly unfound: Set<string>;
}

/** The tree at $1, without what Sparekey puts beside a copy. What lies deeper was dumped in circles. */
const script = `
cd "$1" || exit
all() { find . -mindepth 1 -maxdepth 24 '(' -path ./.sparekey-recovery -o -path './sparekey-*' ')' -prune -o "$@"; }
all -type f,d,l -printf 'E%y%P\\0'
all -type l -printf 'L%P\\0T%l\\0'
all -type f -print0 | xargs -0 -r sha256sum -z --
exit 0`;

const timeoutMs = 300_000;

const runShell = (program: string, args: readonly string[]): Listing | undefined => {
  const { stdout, stderr, status } = spawnSync(program, args, {
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  return status === 0 ? parse(stdout.toString('latin1'), stderr.toString('latin1')) : undefined;
};

const nothing = (): Listing => ({ kinds: new Map(), digests: new Map(), targets: new Map(), unfound: new Set() });

const parse = (output: string, complaints: string): Listing => {
  const listing = nothing();
  for (const [, path = ''] of complaints.matchAll(/^sha256sum: \.\/(.*): No such file or directory$/gm))
    listing.unfound.add(path);
  let link = '';
  for (const record of output.split('\0')) {
    const rest = record.slice(1);
    if (record.startsWith('E')) listing.kinds.set(rest.slice(1), rest.slice(0, 1));
    else if (record.startsWith('L')) link = rest;
    else if (record.startsWith('T')) listing.targets.set(link, rest);
    else {
      const [, digest, path] = /^([0-9a-f]{64}) [ *]\.\/(.*)$/s.exec(record) ?? [];
      if (digest !== undefined && path !== undefined) listing.digests.set(path, digest);
    }
  }
  return listing;
};

/** What is in a folder. */
export const listFolder = (folder: string): Listing => runShell('sh', ['-c', script, 'sh', folder]) ?? nothing();

/** What the kernel finds in an image, mounted in a namespace that goes away with it; undefined where it does not mount it. */
export const listMounted = (image: string): Listing | undefined => {
  const mounting = `mount -n -t ext4 -o loop,ro,noload,errors=continue "$0" /proc/driver && exec sh -c "$1" sh /proc/driver`;
  const args = ['--mount', '--propagation', 'private', 'sh', '-c', mounting, image, script];
  return runShell('unshare', args);
};

/** What debugfs(8) dumps of an image into a folder. */
export const dumpBy = (image: string, folder: string): Listing => {
  spawnSync('debugfs', ['-c', '-R', `rdump / ${folder}`, image], {
    stdio: 'ignore',
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  return listFolder(folder);
};
