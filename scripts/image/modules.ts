import { readdir, readFile } from 'node:fs/promises';
import { join, matchesGlob } from 'node:path';
import { BuildError, run } from './command.ts';
import type { FileTree } from './tree.ts';

/** The modules of one kernel, as unpacked from its packages. */
export interface ModuleStore {
  readonly folder: string;
  readonly version: string;
  /** Each module, relative to its folder, with everything that it depends on, nearest first. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
}

/** Opens the modules of an unpacked kernel package. */
export async function openModules(kernelRoot: string): Promise<ModuleStore> {
  const versions = await readdir(join(kernelRoot, 'usr/lib/modules'));
  const [version] = versions;
  if (version === undefined || versions.length > 1) {
    throw new BuildError(`Expected one kernel, found ${versions.length}: ${versions.join(', ')}`);
  }
  await run('depmod', ['-b', kernelRoot, version]);
  const folder = join(kernelRoot, 'usr/lib/modules', version);
  const lines = (await readFile(join(folder, 'modules.dep'), 'utf8')).trim().split('\n');
  const dependencies = new Map<string, readonly string[]>();
  for (const line of lines) {
    const [module = '', rest = ''] = line.split(':');
    dependencies.set(module, rest.trim().split(' ').filter(Boolean));
  }
  return { folder, version, dependencies };
}

/** Chooses modules by patterns below kernel/ (`!` leaves out), together with all that they depend on. */
export function chooseModules(store: ModuleStore, patterns: readonly string[]): readonly string[] {
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!'));
  const unwanted = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const chosen = new Set<string>();
  for (const [module, dependencies] of store.dependencies) {
    const path = module.replace(/^kernel\//, '');
    if (unwanted.some((pattern) => matchesGlob(path, pattern))) continue;
    if (!wanted.some((pattern) => matchesGlob(path, pattern))) continue;
    for (const each of [module, ...dependencies]) chosen.add(each);
  }
  return [...chosen].sort();
}

/** Modules in the order in which they can be loaded, ending with the named ones. */
export function loadOrder(store: ModuleStore, names: readonly string[]): readonly string[] {
  const order: string[] = [];
  for (const name of names) {
    const module = [...store.dependencies.keys()].find((path) => path.includes(`/${name}.ko`));
    if (!module) throw new BuildError(`Kernel ${store.version} has no module ${name}.`);
    const dependencies = store.dependencies.get(module) ?? [];
    for (const each of [...dependencies.toReversed(), module]) if (!order.includes(each)) order.push(each);
  }
  return order;
}

/** Adds chosen modules and the kernel's lists of what is built in; the index is made once the tree is written. */
export function addModules(tree: FileTree, store: ModuleStore, chosen: readonly string[]): void {
  const target = `usr/lib/modules/${store.version}`;
  const lists = ['modules.builtin', 'modules.builtin.modinfo', 'modules.order'];
  for (const path of [...chosen, ...lists]) {
    tree.set(`${target}/${path}`, { kind: 'file', source: join(store.folder, path), isExecutable: false });
  }
}

/** Indexes the modules of a written tree, and drops the copies of the index that only people read. */
export async function indexModules(folder: string, version: string): Promise<void> {
  await run('depmod', ['-b', folder, version]);
  const textCopies = ['modules.alias', 'modules.dep', 'modules.symbols', 'modules.symbols.bin', 'modules.order'];
  await run('rm', ['-f', ...textCopies.map((name) => join(folder, 'usr/lib/modules', version, name))]);
}
