import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { BuildError, run } from './command.ts';
import type { Architecture } from './lists.ts';

/** A Debian package that was fetched: apt has checked it against the signed index. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly source: string;
  readonly sourceVersion: string;
  readonly sha256: string;
  readonly file: string;
}

/** Where packages come from: taken from this machine's own apt configuration, or from the caller. */
export interface Mirrors {
  readonly main: string;
  readonly security: string;
}

export const suite = 'trixie';
const components = 'main non-free-firmware';
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const indexLifetimeMs = 24 * 3600 * 1000;

/** Finds the Debian mirrors that this machine uses; `MIRROR` and `SECURITY_MIRROR` in the environment win. */
export async function findMirrors(environment: NodeJS.ProcessEnv): Promise<Mirrors> {
  const format = '$(REPO_URI) $(RELEASE)';
  const targets = await run('apt-get', ['indextargets', '--format', format, 'Created-By: Packages', 'Origin: Debian']);
  const repositories = targets.split('\n').map((line) => line.split(' '));
  const security = repositories.find(([, release]) => release?.endsWith('-security'))?.[0];
  const main = repositories.find(([, release]) => release && !/-(security|updates|backports)/.test(release))?.[0];
  const found = { main: environment['MIRROR'] ?? main, security: environment['SECURITY_MIRROR'] ?? security };
  if (!found.main || !found.security) {
    throw new BuildError(
      'This machine’s apt knows no Debian mirror and security mirror. Say which: make image MIRROR=… SECURITY_MIRROR=…',
    );
  }
  return { main: found.main, security: found.security };
}

/**
 * A private apt for one architecture: its own sources, index, cache and (empty) list of installed packages, so that
 * a build never depends on what the building machine has installed, and can fetch for a foreign architecture.
 */
export class AptRoot {
  readonly #folder: string;
  readonly #options: readonly string[];
  readonly #mirrors: Mirrors;

  constructor(folder: string, architecture: Architecture, mirrors: Mirrors) {
    this.#folder = folder;
    this.#mirrors = mirrors;
    const settings = {
      'APT::Architecture': architecture,
      'APT::Architectures': architecture,
      'APT::Install-Recommends': 'false',
      'APT::Sandbox::User': 'root',
      'Dir::Etc::sourcelist': `${folder}/sources.list`,
      'Dir::Etc::sourceparts': '-',
      'Dir::Etc::preferences': '-',
      'Dir::Etc::preferencesparts': '-',
      'Dir::State': folder,
      'Dir::State::status': `${folder}/status`,
      'Dir::Cache': `${folder}/cache`,
      'Acquire::Languages': 'none',
      'Acquire::AllowInsecureRepositories': 'false',
      'Acquire::ForceHash': 'SHA256',
      'Acquire::Retries': '3',
    };
    this.#options = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  }

  /** Fetches the signed index, unless a fresh one of the same mirrors is here. */
  async update(isForced: boolean): Promise<void> {
    const stamp = join(this.#folder, 'updated');
    const sources = this.#sources();
    const age = await stat(stamp).then(
      (found) => Date.now() - found.mtimeMs,
      () => Number.POSITIVE_INFINITY,
    );
    const isSame = (await readFile(stamp, 'utf8').catch(() => '')) === sources;
    if (isSame && age < indexLifetimeMs && !isForced) return;
    await rm(stamp, { force: true });
    await mkdir(join(this.#folder, 'lists/partial'), { recursive: true });
    await mkdir(join(this.#folder, 'cache/archives/partial'), { recursive: true });
    await mkdir(join(this.#folder, 'cache/planning/partial'), { recursive: true });
    await writeFile(join(this.#folder, 'status'), '');
    await writeFile(join(this.#folder, 'sources.list'), sources);
    await this.#apt(['update', '--error-on=any']);
    await writeFile(stamp, sources);
  }

  #sources(): string {
    const { main, security } = this.#mirrors;
    const entry = (uri: string, name: string) => `deb [signed-by=${keyring}] ${uri} ${name} ${components}\n`;
    const fromMain = [suite, `${suite}-updates`, `${suite}-backports`].map((name) => entry(main, name));
    return [...fromMain, entry(security, `${suite}-security`)].join('');
  }

  /** Fetches packages together with everything that they depend on. */
  async fetchWithDependencies(names: readonly string[]): Promise<readonly DebianPackage[]> {
    return this.#fetch(await this.#plan(['install', ...names]));
  }

  /** Fetches exactly these packages. */
  async fetchAlone(names: readonly string[]): Promise<readonly DebianPackage[]> {
    return this.#fetch(await this.#plan(['download', ...names]));
  }

  /** Fetches the kernel that a metapackage stands for today: image and modules, not the tools that install it. */
  async fetchKernel(metapackage: string): Promise<readonly DebianPackage[]> {
    const planned = await this.#plan(['install', metapackage]);
    return this.#fetch(planned.filter(({ file }) => /^linux-(image|base|binary|modules)-\d/.test(file)));
  }

  /** What apt would fetch: address, file name and checksum of each. */
  async #plan(args: readonly string[]): Promise<readonly PlannedFile[]> {
    // With an empty archive folder: apt does not print what it already has.
    const empty = ['-o', 'Dir::Cache::archives=planning/'];
    const output = await this.#apt([...empty, ...args, '--print-uris', '--yes', '-qq']);
    const lines = output.split('\n').filter((line) => line.startsWith("'"));
    return lines.map((line) => {
      const [, address = '', file = '', sha256 = ''] = /^'([^']+)' (\S+) \d+ SHA256:(\w+)/.exec(line) ?? [];
      if (!file) throw new BuildError(`apt offered a file without a SHA-256: ${line}`);
      return { file, sha256, selector: selectorOf(address, file) };
    });
  }

  async #fetch(planned: readonly PlannedFile[]): Promise<readonly DebianPackage[]> {
    const folder = join(this.#folder, 'cache/archives');
    const missing: PlannedFile[] = [];
    for (const item of planned) if ((await sha256Of(join(folder, item.file))) !== item.sha256) missing.push(item);
    // apt checks size and SHA-256 before it says that all went well; a file is moved here only after that.
    if (missing.length > 0)
      await this.#apt(['download', ...missing.map((item) => item.selector)], join(folder, 'partial'));
    for (const item of missing) await rename(join(folder, 'partial', item.file), join(folder, item.file));
    const packages = await Promise.all(planned.map((item) => describe(join(folder, item.file), item.sha256)));
    return packages.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #apt(args: readonly string[], cwd = this.#folder): Promise<string> {
    return run('apt-get', ['-q', ...this.#options, ...args], { cwd });
  }
}

interface PlannedFile {
  readonly file: string;
  readonly sha256: string;
  /** name=version, as apt-get download takes it. */
  readonly selector: string;
}

/** apt writes the version into the file name with `:` as `%3a`. */
function selectorOf(address: string, file: string): string {
  const [name, version] = file.split('_');
  if (!name || !version) throw new BuildError(`Unexpected package file name in ${address}`);
  return `${name}=${decodeURIComponent(version)}`;
}

async function describe(file: string, sha256: string): Promise<DebianPackage> {
  const output = await run('dpkg-deb', ['--field', file, 'Package', 'Version', 'Architecture', 'Source']);
  const fields = new Map(output.split('\n').map((line) => [line.split(': ')[0] ?? '', line.replace(/^[^:]*: /, '')]));
  const [name, version, architecture] = ['Package', 'Version', 'Architecture'].map((key) => fields.get(key) ?? '');
  if (!name || !version || !architecture) throw new BuildError(`${file} is no Debian package.`);
  // "Source: name (version)", where they differ from the package's own (deb-control(5)).
  const [, source = name, sourceVersion = version] = /^(\S+)(?: \((.+)\))?$/.exec(fields.get('Source') ?? '') ?? [];
  return { name, version, architecture, source, sourceVersion, sha256, file };
}

/** A folder with unpacked packages, and the files of each. */
export interface Unpacked {
  readonly folder: string;
  readonly packages: readonly DebianPackage[];
  /** Paths without a leading slash, with the merged folders spelled out, by package name. */
  readonly files: Readonly<Record<string, readonly string[]>>;
}

/** Unpacks packages into one folder, and keeps it for the next build while the packages stay the same. */
export async function unpack(packages: readonly DebianPackage[], folder: string): Promise<Unpacked> {
  const record = `${folder}.json`;
  const contents = packages.map((each) => `${basename(each.file)} ${each.sha256}`);
  const known = JSON.parse(await readFile(record, 'utf8').catch(() => '{}'));
  if (JSON.stringify(known.contents) === JSON.stringify(contents)) return { folder, packages, files: known.files };
  await rm(record, { force: true });
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  // Debian's usr-merge: packages may still name /bin or /lib, which are links on any system.
  for (const [link, target] of mergedFolders) {
    await mkdir(join(folder, target), { recursive: true });
    await symlink(target, join(folder, link));
  }
  const files: Record<string, readonly string[]> = {};
  for (const each of packages) files[each.name] = await unpackOne(each, folder);
  await writeFile(record, JSON.stringify({ contents, files }));
  return { folder, packages, files };
}

async function unpackOne({ file }: DebianPackage, folder: string): Promise<readonly string[]> {
  const script =
    'dpkg-deb --fsys-tarfile "$1" | tar -x -v -C "$2" --keep-directory-symlink --no-same-owner --exclude=./dev';
  const listing = await run('bash', ['-o', 'pipefail', '-c', script, 'bash', file, folder]);
  const paths = listing.split('\n').filter((path) => path !== '' && !path.endsWith('/'));
  return paths.map((path) => path.replace(/^\.\//, '').replace(/^(bin|sbin|lib|lib64)\//, 'usr/$1/'));
}

/** The words that run a program out of unpacked packages with the libraries beside it, whatever this machine has. */
export async function programFrom(root: string, program: string): Promise<readonly [string, ...string[]]> {
  const libraries = (await readdir(join(root, 'usr/lib'))).filter((name) => name.endsWith('-linux-gnu'));
  const loaders = (await readdir(root, { recursive: true })).filter((path) => /\/ld-linux-[^/]+\.so\.\d$/.test(path));
  const folders = libraries.map((name) => join(root, 'usr/lib', name)).join(':');
  return [join(root, loaders[0] ?? ''), '--library-path', folders, join(root, program)];
}

const mergedFolders = [
  ['bin', 'usr/bin'],
  ['sbin', 'usr/sbin'],
  ['lib', 'usr/lib'],
  ['lib64', 'usr/lib64'],
] as const;

/** Nothing where there is no such file. */
async function sha256Of(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
