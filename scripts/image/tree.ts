import { chmod, copyFile, lstat, mkdir, readdir, readlink, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A file of the system that is being put together: its content stands here or in a file of the build machine. */
export type Entry =
  | { readonly kind: 'file'; readonly source: string | Uint8Array; readonly isExecutable: boolean }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'folder' };

/** A file tree in memory, keyed by path without a leading slash. What is in it depends on nothing but its entries. */
export type FileTree = Map<string, Entry>;

/** Adds every file below a folder of the build machine; what is there already is replaced. */
export async function addFolder(tree: FileTree, folder: string, at = ''): Promise<void> {
  for (const found of await readdir(folder, { withFileTypes: true })) {
    const path = at ? `${at}/${found.name}` : found.name;
    const source = join(folder, found.name);
    if (found.isDirectory()) await addFolder(tree, source, path);
    else tree.set(path, await entryOf(source));
  }
}

/** Reads what a path of the build machine is: only whether it is executable counts, not the umask it was made under. */
export async function entryOf(path: string): Promise<Entry> {
  const found = await lstat(path);
  if (found.isSymbolicLink()) return { kind: 'link', target: await readlink(path) };
  if (found.isDirectory()) return { kind: 'folder' };
  return { kind: 'file', source: path, isExecutable: (found.mode & 0o100) !== 0 };
}

/** Adds a file whose content we make. */
export function addText(tree: FileTree, path: string, content: string | Uint8Array): void {
  tree.set(path, { kind: 'file', source: Buffer.from(content), isExecutable: false });
}

/** Every folder that the entries need, and the entries, parents first, in byte order. */
export function sortedEntries(tree: FileTree): readonly (readonly [string, Entry])[] {
  const all = new Map<string, Entry>(tree);
  for (const path of tree.keys()) {
    for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) {
      if (!all.has(parent)) all.set(parent, { kind: 'folder' });
    }
  }
  return [...all].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** Writes the tree below an existing empty folder, with modes that no umask changes. */
export async function writeTree(tree: FileTree, folder: string): Promise<void> {
  for (const [path, entry] of sortedEntries(tree)) {
    const target = join(folder, path);
    if (entry.kind === 'link') await symlink(entry.target, target);
    else if (entry.kind === 'folder') await mkdir(target);
    else if (typeof entry.source === 'string') await copyFile(entry.source, target);
    else await writeFile(target, entry.source);
    if (entry.kind !== 'link') await chmod(target, modeOf(entry));
  }
}

/** Permission bits of an entry: the system knows no others. */
export function modeOf(entry: Entry): number {
  if (entry.kind === 'link') return 0o777;
  return entry.kind === 'folder' || entry.isExecutable ? 0o755 : 0o644;
}
