import { readdir, readFile } from 'node:fs/promises';
import { basename, join, matchesGlob } from 'node:path';
import { BuildError, run } from './command.ts';
import { programFrom, type Unpacked } from './debian.ts';
import type { BiosLoader } from './disk.ts';
import { type Architecture, architectures, type ListLine, readList } from './lists.ts';
import type { Parts } from './system.ts';
import { addText, type Entry, type FileTree } from './tree.ts';

/** One kind of machine, as a file in image/boards/ declares it. */
export interface Board {
  readonly name: string;
  readonly architecture: Architecture;
  readonly lines: readonly ListLine[];
}

/** What was built for one architecture, ready to be laid out. */
export interface Built {
  readonly parts: Parts;
  readonly initramfs: string;
  /** Names of the packages of the system that something was taken from. */
  readonly shipped: readonly string[];
}

/** Reads all boards, or those named. */
export async function readBoards(declarations: string, names: readonly string[]): Promise<readonly Board[]> {
  const folder = join(declarations, 'boards');
  const known = (await readdir(folder)).map((file) => basename(file, '.txt')).sort();
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new BuildError(`No such board: ${unknown.join(', ')}. There are: ${known.join(', ')}`);
  const chosen = names.length > 0 ? names : known;
  return Promise.all(
    chosen.map(async (name) => {
      // A board's lines are for its one architecture, so that nothing is filtered here.
      const lines = await readList(join(folder, `${name}.txt`), 'amd64');
      const stated = lines.find((line) => line.name === 'architecture')?.rest;
      const architecture = architectures.find((each) => each === stated);
      if (!architecture)
        throw new BuildError(`image/boards/${name}.txt states no architecture of ${architectures.join(', ')}.`);
      return { name, architecture, lines: lines.filter((line) => line.name !== 'architecture') };
    }),
  );
}

/** Adds a board's files to the boot partition. Boards may share a file, but never one name for different files. */
export async function addBoard(tree: FileTree, board: Board, built: Built): Promise<void> {
  for (const line of board.lines) {
    for (const [path, entry] of await entriesOf(line, built, board)) {
      const present = tree.get(path);
      if (present && !(await isSame(present, entry))) throw new BuildError(`Board ${board.name}: ${path} is taken.`);
      tree.set(path, entry);
    }
  }
}

async function entriesOf(
  { name, rest }: ListLine,
  built: Built,
  board: Board,
): Promise<readonly (readonly [string, Entry])[]> {
  const { parts, initramfs } = built;
  const [first = '', second = '', third = ''] = rest.split(/\s+/);
  switch (name) {
    case 'copy':
      return [[second, file(join(parts.boot.folder, first))]];
    case 'ours':
      return [[second, file(join(parts.declarations, first))]];
    case 'kernel':
      return [[first, file(findKernel(parts))]];
    case 'initramfs':
      return [[first, file(initramfs)]];
    case 'kernel-file':
      return findKernelFiles(parts, first).map((path) => [basename(path), file(path)] as const);
    case 'device-tree':
      return [[third, await deriveTree(findKernelFiles(parts, first), join(parts.declarations, second))]];
    case 'overlay':
      return [[second, await compileOverlay(join(parts.declarations, first))]];
    case 'bios-loader':
      return [];
    default:
      throw new BuildError(`image/boards/${board.name}.txt: unknown word "${name}".`);
  }
}

function file(source: string): Entry {
  return { kind: 'file', source, isExecutable: false };
}

async function isSame(one: Entry, other: Entry): Promise<boolean> {
  if (one.kind !== 'file' || other.kind !== 'file') return false;
  if (typeof one.source === 'string' || typeof other.source === 'string') return one.source === other.source;
  return Buffer.compare(one.source, other.source) === 0;
}

/** Debian puts the image below boot/, or, from Linux 7 on, beside the modules. */
function findKernel({ kernel }: Parts): string {
  const found = allFiles(kernel).filter((path) => /(^|\/)vmlinuz(-[^/]+)?$/.test(path));
  if (found.length !== 1 || !found[0]) throw new BuildError(`Expected one kernel image, found ${found.join(', ')}`);
  return join(kernel.folder, found[0]);
}

function findKernelFiles({ kernel }: Parts, pattern: string): readonly string[] {
  const found = allFiles(kernel).filter((path) => matchesGlob(path, `usr/lib/modules/*/${pattern}`));
  if (found.length === 0) throw new BuildError(`The kernel package has no ${pattern}.`);
  return found.sort().map((path) => join(kernel.folder, path));
}

function allFiles({ files }: Unpacked): readonly string[] {
  return Object.values(files).flat();
}

/** Debian's kernel lacks device trees for a few boards: theirs is that of a sister, with our source appended. */
async function deriveTree([sister = '']: readonly string[], changes: string): Promise<Entry> {
  const source = await run('dtc', ['-q', '-I', 'dtb', '-O', 'dts', sister]);
  return compile(`${source}${await readFile(changes, 'utf8')}`, []);
}

async function compileOverlay(source: string): Promise<Entry> {
  return compile(await readFile(source, 'utf8'), ['-@']);
}

async function compile(source: string, options: readonly string[]): Promise<Entry> {
  const script = 'dtc -q -I dts -O dtb "$@" | base64';
  const encoded = await run('bash', ['-o', 'pipefail', '-c', script, 'dtc', ...options], { input: source });
  return { kind: 'file', source: Buffer.from(encoded, 'base64'), isExecutable: false };
}

const biosModules =
  'biosdisk part_msdos fat normal configfile linux echo test probe serial terminal all_video vbe gfxterm video font minicmd ls cat halt reboot regexp sleep keystatus';

/** Assembles GRUB for legacy BIOS, if one of the boards has it. */
export async function buildBiosLoader(
  boards: readonly Board[],
  parts: Parts,
  tools: string,
  work: string,
): Promise<BiosLoader | undefined> {
  const early = boards.flatMap((board) => board.lines).find((line) => line.name === 'bios-loader')?.rest;
  if (!early) return undefined;
  const folder = join(parts.boot.folder, 'usr/lib/grub/i386-pc');
  const core = join(work, 'core.img');
  const settings = [
    '-O',
    'i386-pc',
    '-d',
    folder,
    '-p',
    // Without a drive: the one that the BIOS started.
    '(,msdos1)/boot/grub',
    '-c',
    join(parts.declarations, early),
  ];
  const [command, ...program] = await programFrom(tools, 'usr/bin/grub-mkimage');
  await run(command, [...program, ...settings, '-o', core, ...biosModules.split(' ')]);
  return { boot: await readFile(join(folder, 'boot.img')), core: await readFile(core) };
}

/** Adds what people see who open the stick on a computer. */
export async function addWelcome(tree: FileTree, declarations: string, version: string): Promise<void> {
  for (const name of await readdir(join(declarations, 'stick'))) {
    // Windows' own editor of old only knows CRLF.
    const text = await readFile(join(declarations, 'stick', name), 'utf8');
    addText(tree, name, text.replaceAll('\n', '\r\n'));
  }
  addText(tree, 'sparekey.version', `${version}\r\n`);
}
