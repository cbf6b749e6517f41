import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.ts';
import { drawConsoleFont } from './console-font.ts';
import type { Unpacked } from './debian.ts';
import { diskSignature, newName } from './disk.ts';
import { type Architecture, type ArchitectureFacts, readList } from './lists.ts';
import { addModules, chooseModules, indexModules, openModules } from './modules.ts';
import { addPrograms } from './programs.ts';
import { addFolder, addText, type FileTree, writeTree } from './tree.ts';

/** Where the parts of one architecture lie on the build machine. */
export interface Parts {
  readonly architecture: Architecture;
  readonly facts: ArchitectureFacts;
  /** The declarations: the repository's image/ folder. */
  readonly declarations: string;
  readonly system: Unpacked;
  readonly kernel: Unpacked;
  readonly boot: Unpacked;
  /** Folder of tools that run on the build machine. */
  readonly build: string;
  /** The sparekey binary of this architecture. */
  readonly binary: string;
  /** The one time that everything in the image bears, in seconds. */
  readonly timeSeconds: number;
  /** What the image calls itself. */
  readonly version: string;
}

/**
 * Makes the read-only root file system that the machine will run from: programs, drivers, our overlay, fonts,
 * keyboard layouts, and the sparekey binary. Gives the names of the packages that something was taken from.
 */
export async function buildSystem(parts: Parts, output: string, work: string): Promise<readonly string[]> {
  const { declarations, architecture } = parts;
  const tree: FileTree = new Map();
  await addPrograms(tree, systemRoot(parts), await programPatterns(parts));
  await addCommands(tree, parts);
  const store = await openModules(parts.kernel.folder);
  addModules(tree, store, chooseModules(store, await modulePatterns(declarations, architecture)));
  await addFonts(tree, parts);
  await addKeymaps(tree, parts);
  await addFolder(tree, join(declarations, 'overlay'));
  tree.set('usr/bin/sparekey', { kind: 'file', source: parts.binary, isExecutable: true });
  addText(tree, 'etc/sparekey/build-time', `${parts.timeSeconds}\n`);
  addText(tree, 'etc/sparekey/version', `${parts.version}\n`);
  addText(tree, 'etc/sparekey/disk-signature', `${diskSignature}\n`);
  addText(tree, 'etc/sparekey/new-name', `${newName}\n`);
  addBareFolders(tree);

  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  await writeTree(tree, work);
  await indexModules(work, store.version);
  await rm(output, { force: true });
  const compression = ['-comp', 'zstd', '-Xcompression-level', '19', '-b', '256K'];
  const steady = ['-all-root', '-no-xattrs', '-all-time', `${parts.timeSeconds}`, '-mkfs-time', `${parts.timeSeconds}`];
  // mksquashfs takes the time from its options or from this variable, and refuses both.
  const squash = ['-u', 'SOURCE_DATE_EPOCH', 'mksquashfs', work, output];
  await run('env', [...squash, ...compression, ...steady, '-noappend', '-quiet', '-no-progress']);
  await rm(work, { recursive: true, force: true });
  const { files } = parts.system;
  return Object.keys(files).filter((name) => files[name]?.some((path) => tree.has(path)));
}

function systemRoot({ system, facts }: Parts) {
  const libraries = `usr/lib/${facts.triplet}`;
  return {
    folder: system.folder,
    libraryFolders: [libraries, `${libraries}/systemd`, 'usr/lib/systemd', 'usr/lib', 'usr/lib64'],
  };
}

async function programPatterns({ declarations, architecture, facts }: Parts): Promise<readonly string[]> {
  const list = await readList(join(declarations, 'programs.txt'), architecture);
  return [...list.map(({ name }) => name.replaceAll('{triplet}', facts.triplet)), facts.loader];
}

async function modulePatterns(declarations: string, architecture: Architecture): Promise<readonly string[]> {
  const files = ['common', architecture].map((name) => join(declarations, 'modules', `${name}.txt`));
  const lists = await Promise.all(files.map((file) => readList(file, architecture)));
  return lists.flat().map(({ name }) => name);
}

/** Links the commands that busybox provides, except those that a full program provides. */
async function addCommands(tree: FileTree, { declarations, architecture }: Parts): Promise<void> {
  for (const { rest } of await readList(join(declarations, 'commands.txt'), architecture)) {
    for (const command of rest.split(/\s+/)) {
      if (tree.has(`usr/bin/${command}`) || tree.has(`usr/sbin/${command}`)) continue;
      tree.set(`usr/bin/${command}`, { kind: 'link', target: 'busybox' });
    }
  }
  // busybox's init calls itself by this name; the kernel's panic messages do too.
  tree.set('usr/sbin/init', { kind: 'link', target: '../bin/busybox' });
}

async function addFonts(tree: FileTree, { declarations, architecture, build }: Parts): Promise<void> {
  for (const { name, rest } of await readList(join(declarations, 'fonts.txt'), architecture)) {
    const source = await readFile(join(build, 'usr/share/consolefonts', `${rest}.psf.gz`));
    addText(tree, `usr/share/consolefonts/${name}.psf`, drawConsoleFont(source));
  }
}

async function addKeymaps(tree: FileTree, { declarations, architecture, build }: Parts): Promise<void> {
  for (const { name, rest } of await readList(join(declarations, 'keymaps.txt'), architecture)) {
    const layout = rest.split(/\s+/);
    const compiler = [join(build, 'usr/bin/ckbcomp'), `-I${join(build, 'usr/share/X11/xkb')}`, '-compact'];
    const keymap = await run('perl', [...compiler, ...layout]);
    addText(tree, `usr/share/keymaps/${name}.kmap`, keymap);
  }
}

/** Places where something is mounted or written at run time, and the merged folders of today's Linux. */
function addBareFolders(tree: FileTree): void {
  for (const path of ['dev', 'proc', 'sys', 'run', 'tmp', 'mnt', 'media', 'root', 'var/lib', 'var/tmp']) {
    tree.set(path, { kind: 'folder' });
  }
  for (const path of ['bin', 'sbin', 'lib', 'lib64']) tree.set(path, { kind: 'link', target: `usr/${path}` });
  tree.set('usr/lib64', tree.get('usr/lib64') ?? { kind: 'folder' });
  tree.set('var/run', { kind: 'link', target: '../run' });
  tree.set('etc/mtab', { kind: 'link', target: '../proc/self/mounts' });
}
