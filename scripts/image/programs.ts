import { readdir, readlink } from 'node:fs/promises';
import { dirname, join, matchesGlob, normalize } from 'node:path';
import { BuildError, run } from './command.ts';
import { entryOf, type FileTree } from './tree.ts';

/** A folder into which packages were unpacked, with the folders that its programs' libraries may lie in. */
export interface PackageRoot {
  readonly folder: string;
  readonly libraryFolders: readonly string[];
}

/** Adds the files that match the patterns, the targets of links, and every library that they need, recursively. */
export async function addPrograms(tree: FileTree, root: PackageRoot, patterns: readonly string[]): Promise<void> {
  const all = (await readdir(root.folder, { recursive: true, withFileTypes: true }))
    .filter((found) => !found.isDirectory())
    .map((found) => join(found.parentPath, found.name).slice(root.folder.length + 1));
  const known = new Set(all);
  const pending: string[] = [];
  for (const path of patterns.flatMap(expandBraces)) {
    const matches = all.filter((found) => [path, inOtherPlace(path)].some((pattern) => matchesGlob(found, pattern)));
    if (matches.length === 0) throw new BuildError(`No package has ${path} (from the list of programs).`);
    pending.push(...matches);
  }
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (tree.has(path)) continue;
    const entry = await entryOf(join(root.folder, path));
    tree.set(path, entry);
    if (entry.kind === 'link') pending.push(resolveLink(path, await readlink(join(root.folder, path))));
    else pending.push(...(await neededLibraries(root, known, path)));
  }
}

/** The alternatives of one `{a,b}` group. */
export function expandBraces(pattern: string): readonly string[] {
  const match = /^(.*?)\{([^{}]*)\}(.*)$/.exec(pattern);
  if (!match) return [pattern];
  const [, before = '', choices = '', after = ''] = match;
  return choices.split(',').flatMap((choice) => expandBraces(`${before}${choice}${after}`));
}

/** Debian moves programs between bin and sbin from release to release; our list need not follow. */
function inOtherPlace(path: string): string {
  return path.startsWith('usr/bin/') ? path.replace('usr/bin/', 'usr/sbin/') : path.replace('usr/sbin/', 'usr/bin/');
}

/** Where a link points, inside the root, with the merged folders spelled out. */
function resolveLink(path: string, target: string): string {
  const absolute = target.startsWith('/') ? target.slice(1) : normalize(join(dirname(path), target));
  return absolute.replace(/^(bin|sbin|lib|lib64)\//, 'usr/$1/');
}

async function neededLibraries(root: PackageRoot, known: ReadonlySet<string>, path: string): Promise<string[]> {
  if (!/\/(bin|sbin|lib|lib64)\//.test(`/${path}`) || /\.(rules|conf|ko|xz)$/.test(path)) return [];
  const output = await run('readelf', ['--dynamic', '--wide', join(root.folder, path)]).catch(() => '');
  const names = [...output.matchAll(/\(NEEDED\).*\[(.+)\]/g)].map((match) => match[1] ?? '');
  return names.map((name) => {
    const found = root.libraryFolders.map((folder) => `${folder}/${name}`).find((each) => known.has(each));
    if (!found) throw new BuildError(`${path} needs ${name}, which no package has.`);
    return found;
  });
}
