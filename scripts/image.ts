// Builds the rescue image: `node scripts/image.ts [--arch amd64] [--boards pc,raspberry-pi-4] [--output dist/sparekey.img]`.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { addBoard, addWelcome, type Board, type Built, buildBiosLoader, readBoards } from './image/boards.ts';
import { BuildError, complain, requireTools, run } from './image/command.ts';
import { AptRoot, findMirrors, type Mirrors, unpack } from './image/debian.ts';
import { publish, writeDisk } from './image/disk.ts';
import { buildInitramfs } from './image/initramfs.ts';
import { type Architecture, architectures, readArchitecture, readNames } from './image/lists.ts';
import { addLicences, formatSpdx, shippedPackages } from './image/packages.ts';
import { buildSystem, type Parts } from './image/system.ts';
import type { FileTree } from './image/tree.ts';

const repository = resolve(import.meta.dirname, '..');
const declarations = join(repository, 'image');
const tools = [
  'apt-get',
  'dpkg-deb',
  'depmod',
  'readelf',
  'mksquashfs',
  'xz',
  'sfdisk',
  'mkfs.vfat',
  'mcopy',
  'dtc',
  'perl',
];

interface Request {
  readonly boards: readonly Board[];
  readonly output: string;
  readonly cache: string;
  /** Where the sparekey binaries are. */
  readonly binaries: string;
  readonly isRefreshed: boolean;
}

async function main(): Promise<void> {
  // Files that a tool leaves in the system must not bear the habits of whoever builds it.
  process.umask(0o022);
  const request = await readRequest();
  await requireTools(tools);
  const mirrors = await findMirrors(process.env);
  const timeSeconds = await imageTime();
  const version = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')).version;
  const buildTools = await fetchBuildTools(request, mirrors);
  const built = new Map<Architecture, Built>();
  for (const architecture of architectures) {
    if (!request.boards.some((board) => board.architecture === architecture)) continue;
    const parts = await fetchParts(request, mirrors, architecture);
    built.set(architecture, await build({ ...parts, build: buildTools, timeSeconds, version }, request.cache));
  }
  await assemble(request, built, buildTools, timeSeconds, version);
}

async function readRequest(): Promise<Request> {
  const { values } = parseArgs({
    options: {
      arch: { type: 'string' },
      boards: { type: 'string' },
      output: { type: 'string', default: join(repository, 'dist/sparekey.img') },
      cache: { type: 'string', default: join(repository, '.cache/image') },
      binaries: { type: 'string', default: join(repository, 'dist') },
      refresh: { type: 'boolean', default: false },
    },
  });
  const names = values.boards?.split(/[\s,]+/).filter(Boolean) ?? [];
  const boards = await readBoards(declarations, names);
  const chosen = boards.filter((board) => !values.arch || board.architecture === values.arch);
  if (chosen.length === 0)
    throw new BuildError(`No board is of architecture ${values.arch}; there are ${architectures.join(', ')}.`);
  return {
    boards: chosen,
    output: resolve(values.output),
    cache: resolve(values.cache),
    binaries: resolve(values.binaries),
    isRefreshed: values.refresh,
  };
}

/**
 * The time that all files bear: when what they were made from was last changed, never the clock. Where git does not
 * know, as in an unpacked archive of the sources or in a checkout of somebody else's, it is when the sources came here.
 */
async function imageTime(): Promise<number> {
  const stated = process.env['SOURCE_DATE_EPOCH'];
  if (stated) return Number(stated);
  const committed = await run('git', ['-C', repository, 'log', '-1', '--format=%ct']).catch(() => undefined);
  return committed ? Number(committed) : Math.floor((await stat(join(repository, 'package.json'))).mtimeMs / 1000);
}

async function openApt(request: Request, mirrors: Mirrors, architecture: Architecture): Promise<AptRoot> {
  const folder = join(request.cache, 'apt', architecture);
  await mkdir(folder, { recursive: true });
  const apt = new AptRoot(folder, architecture, mirrors);
  await apt.update(request.isRefreshed);
  return apt;
}

/** Tools that run here, so of this machine's own architecture. */
async function fetchBuildTools(request: Request, mirrors: Mirrors): Promise<string> {
  const own = (await run('dpkg', ['--print-architecture'])).trim();
  const architecture = architectures.find((each) => each === own);
  if (!architecture) throw new BuildError(`The image can be built on ${architectures.join(' and ')}, not on ${own}.`);
  const apt = await openApt(request, mirrors, architecture);
  const names = await readNames(join(declarations, 'packages/build.txt'), architecture);
  const folder = join(request.cache, 'unpacked', architecture, 'build');
  return (await unpack(await apt.fetchWithDependencies(names), folder)).folder;
}

type Fetched = Omit<Parts, 'build' | 'timeSeconds' | 'version'>;

async function fetchParts(request: Request, mirrors: Mirrors, architecture: Architecture): Promise<Fetched> {
  say(`${architecture}: fetching Debian packages`);
  const facts = await readArchitecture(declarations, architecture);
  const binary = join(request.binaries, facts.binary);
  await stat(binary).catch(() => {
    throw new BuildError(`${binary} is not there yet: run "make build" first.`);
  });
  const apt = await openApt(request, mirrors, architecture);
  const list = (name: string) => readNames(join(declarations, `packages/${name}.txt`), architecture);
  const folder = (name: string) => join(request.cache, 'unpacked', architecture, name);
  const system = await unpack(await apt.fetchWithDependencies(await list('system')), folder('system'));
  const kernel = await unpack(await apt.fetchKernel(facts.kernel), folder('kernel'));
  const boot = await unpack(await apt.fetchAlone(await list('boot')), folder('boot'));
  return { architecture, facts, declarations, binary, system, kernel, boot };
}

/** Makes the system and its initramfs, unless they were made of exactly the same things before. */
async function build(parts: Parts, cache: string): Promise<Built> {
  const folder = join(cache, 'built');
  await mkdir(folder, { recursive: true });
  const system = join(folder, `${parts.architecture}.squashfs`);
  const initramfs = join(folder, `${parts.architecture}.initramfs`);
  const stamp = `${initramfs}.json`;
  const madeOf = await describe(parts);
  const before = JSON.parse(await readFile(stamp, 'utf8').catch(() => '{}'));
  if (before.madeOf === madeOf) return { parts, initramfs, shipped: before.shipped };
  await rm(stamp, { force: true });
  say(`${parts.architecture}: building the system`);
  const shipped = await buildSystem(parts, system, join(folder, `${parts.architecture}.tree`));
  await buildInitramfs(parts, system, initramfs);
  await writeFile(stamp, JSON.stringify({ madeOf, shipped }));
  return { parts, initramfs, shipped };
}

/** Everything that decides the bytes of a system: packages, declarations, our binary, the scripts, the time. */
async function describe({ system, kernel, boot, binary, timeSeconds, version }: Parts): Promise<string> {
  const packages = [system, kernel, boot].flatMap((each) => each.packages).map((each) => each.sha256);
  const own = [...(await filesBelow(declarations)), ...(await filesBelow(join(repository, 'scripts/image'))), binary];
  const digests: string[] = [];
  for (const path of own)
    digests.push(
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    );
  return JSON.stringify({ packages, own: own.map((path, index) => [path, digests[index]]), timeSeconds, version });
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
    .sort();
}

async function assemble(
  request: Request,
  built: ReadonlyMap<Architecture, Built>,
  buildTools: string,
  timeSeconds: number,
  version: string,
): Promise<void> {
  say(`laying out ${request.boards.map((board) => board.name).join(', ')}`);
  const tree: FileTree = new Map();
  await addWelcome(tree, declarations, version);
  for (const board of request.boards) {
    const ready = built.get(board.architecture);
    if (ready) await addBoard(tree, board, ready);
  }
  const shipped = shippedPackages([...built.values()]);
  await addLicences(tree, shipped, buildTools, repository);
  const pc = built.get('amd64');
  const bios = pc && (await buildBiosLoader(request.boards, pc.parts, buildTools, request.cache));
  const unfinished = `${request.output}.unfinished`;
  const unfinishedList = `${unfinished}.json`;
  await mkdir(join(request.output, '..'), { recursive: true });
  try {
    await writeDisk(tree, bios, unfinished, timeSeconds);
    await writeFile(unfinishedList, formatSpdx(shipped, version, timeSeconds));
    await publish(unfinishedList, request.output.replace(/(\.img)?$/, '.spdx.json'));
    await publish(unfinished, request.output);
  } finally {
    for (const path of [unfinished, unfinishedList]) await rm(path, { force: true });
  }
  say(`${request.output} is ready`);
}

function say(sentence: string): void {
  process.stderr.write(`image: ${sentence}\n`);
}

main().catch(complain('image'));
