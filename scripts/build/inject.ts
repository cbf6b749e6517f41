import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pkgSea from '@yao-pkg/pkg/lib-es5/sea.js';

export const architectures = ['x64', 'arm64'] as const;
export type Architecture = (typeof architectures)[number];

export interface Built {
  readonly arch: Architecture;
  readonly path: string;
}

const stripTools: Readonly<Record<Architecture, string>> = {
  x64: 'x86_64-linux-gnu-strip',
  arm64: 'aarch64-linux-gnu-strip',
};

const pinnedVersion = (arch: Architecture): string => {
  const version = readFileSync('scripts/node.txt', 'utf8').match(new RegExp(`^${arch}\\s+(\\S+)`, 'm'))?.[1];
  if (version === undefined) throw new Error(`scripts/node.txt names no Node for ${arch}`);
  return version;
};

/**
 * Variables of the environment by which Node writes files, or reads some, where whoever set them wants; there is no option
 * against them.
 */
const unheard = [
  'NODE_V8_COVERAGE',
  'NODE_COMPILE_CACHE',
  'NODE_REDIRECT_WARNINGS',
  'NODE_ICU_DATA',
  'NODE_EXTRA_CA_CERTS',
];

/** Makes the name by which Node asks for each of them empty, which no variable has (getenv(3)). @throws Error where a name stands not exactly once */
const silence = (node: Buffer): Buffer => {
  const silent = Buffer.from(node);
  for (const name of unheard) {
    const asked = Buffer.from(`\0${name}\0`);
    // V8's snapshot has the name as well, behind its length.
    const places: number[] = [];
    for (let at = node.indexOf(asked); at >= 0; at = node.indexOf(asked, at + 1))
      if (node.readUInt32LE(at - 3) !== name.length) places.push(at);
    const [at, ...others] = places;
    if (at === undefined || others.length > 0) throw new Error(`Node asks for ${name} in another way than it used to`);
    silent[at + 1] = 0;
  }
  return silent;
};

/**
 * Lays a stripped Node where pkg looks for its download. pkg trusts what has an empty `.ok` beside it, so that nothing
 * is fetched. Stripping comes first because a Node that already carries a program does not survive it.
 */
const seedPkgCache = (home: string, arch: Architecture): void => {
  const version = pinnedVersion(arch);
  const name = `node-v${version}-linux-${arch}`;
  const cache = join(home, '.pkg-cache', 'sea');
  const node = join(cache, name, 'bin', 'node');
  // By what was done to it, too: an older build's Node stays in the cache.
  const done = `${node}.silent-${createHash('sha256').update(unheard.join()).digest('hex').slice(0, 12)}`;
  if (existsSync(done)) return;
  mkdirSync(join(cache, name, 'bin'), { recursive: true });
  execFileSync(stripTools[arch], ['-s', '-o', `${node}.new`, `.cache/node/${version}/${arch}/bin/node`]);
  writeFileSync(`${node}.new`, silence(readFileSync(`${node}.new`)));
  renameSync(`${node}.new`, node);
  for (const trusted of [`${name}.tar.gz`, `${name}.tar.gz.ok`, `${name}/bin/node.ok`]) {
    writeFileSync(join(cache, trusted), '');
  }
  writeFileSync(done, '');
};

/**
 * How Node starts inside the binary. `execArgvExtension: none` makes it deaf to NODE_OPTIONS, which could otherwise load
 * foreign code into a program that runs as root, or keep it from starting at all. A small space for new objects saves
 * 15 MB of memory on machines that have little, and costs nothing that could be measured. `disable-sigusr1` keeps its
 * debugger shut from the first moment on.
 */
const startup = { execArgv: ['--max-semi-space-size=1', '--disable-sigusr1'], execArgvExtension: 'none' };

/**
 * Puts the bundled program into one Node per architecture, with pkg's simple SEA mode, and returns where they are.
 * @param folder work folder; holds the bundle and keeps what a later build can use again
 * @param bundleName name of the bundle in that folder
 */
export const injectBinaries = async (folder: string, bundleName: string): Promise<readonly Built[]> => {
  const work = resolve(folder);
  const home = join(work, 'home');
  for (const arch of architectures) seedPkgCache(home, arch);

  // pkg finds its cache through HOME alone, and works in a new folder under TMPDIR. The program's path ends up in the
  // binary: relative to that folder it is the same on every machine.
  process.env.HOME = home;
  process.env.TMPDIR = work;
  const seaConfig = {
    ...startup,
    main: `../${bundleName}`,
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: false,
  };
  const built = architectures.map((arch) => ({ arch, path: join(work, `sparekey-${arch}`) }));
  const targets = built.map(({ arch, path }) => ({
    platform: 'linux' as const,
    arch,
    nodeRange: `node${pinnedVersion(arch)}`,
    output: path,
  }));
  await pkgSea.default(join(work, bundleName), { targets, seaConfig });
  return built;
};
