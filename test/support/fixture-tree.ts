import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeBytes } from '../../src/formats/bytes.ts';
import { RescueError } from '../../src/model/errors.ts';
import type { Entry, Tree, TreePath } from '../../src/model/tree.ts';

/** What stands at a path of a tree that is held in memory. Folders above it need not be named. */
export type FixtureNode =
  | { readonly kind: 'file'; readonly content: Uint8Array }
  | { readonly kind: 'directory' }
  | { readonly kind: 'symlink'; readonly target: string }
  | { readonly kind: 'other' };

/** A file's text or bytes, or what else stands there. */
export type FixtureContent = string | Uint8Array | FixtureNode;

export type FixtureFiles = Readonly<Record<TreePath, FixtureContent>>;

/** A tree whose files a test can see, and change into another tree. */
export interface FixtureTree extends Tree {
  readonly files: ReadonlyMap<TreePath, Uint8Array>;
  /** The same tree with other files in it; null takes one away. */
  with(changes: Readonly<Record<TreePath, FixtureContent | null>>): FixtureTree;
}

const fixtureRoot = fileURLToPath(new URL('../fixtures/trees', import.meta.url));
const defaultLimitBytes = 4 * 1024 * 1024;
const maxLinks = 40;

export const symlink = (target: string): FixtureNode => ({ kind: 'symlink', target });
export const folder: FixtureNode = { kind: 'directory' };
/** A FIFO, a socket, a device. */
export const other: FixtureNode = { kind: 'other' };

/** A tree of test/fixtures/trees. */
export const fixtureTree = (name: string): FixtureTree => treeOf(loadFolder(join(fixtureRoot, name), ''));

/** A tree made in a test, for what git cannot keep. */
export const memoryTree = (files: FixtureFiles): FixtureTree =>
  treeOf(new Map(Object.entries(files).map(([path, content]) => [path, nodeOf(content)])));

const nodeOf = (content: FixtureContent): FixtureNode => {
  if (typeof content === 'string') return { kind: 'file', content: encodeBytes(content) };
  return content instanceof Uint8Array ? { kind: 'file', content } : content;
};

const loadFolder = (root: string, path: TreePath): ReadonlyMap<TreePath, FixtureNode> => {
  const nodes = new Map<TreePath, FixtureNode>();
  for (const name of readdirSync(root + path)) {
    const child = `${path}/${name}`;
    const stats = lstatSync(root + child);
    if (stats.isSymbolicLink()) nodes.set(child, symlink(readlinkSync(root + child)));
    else if (stats.isFile()) nodes.set(child, { kind: 'file', content: readFileSync(root + child) });
    else for (const [below, node] of loadFolder(root, child)) nodes.set(below, node);
  }
  return nodes;
};

const withParents = (named: ReadonlyMap<TreePath, FixtureNode>): ReadonlyMap<TreePath, FixtureNode> => {
  const nodes = new Map<TreePath, FixtureNode>([['', folder]]);
  for (const path of named.keys()) {
    const parts = path.split('/');
    for (let length = 1; length < parts.length; length++) nodes.set(parts.slice(0, length).join('/'), folder);
  }
  return new Map([...nodes, ...named]);
};

const treeOf = (named: ReadonlyMap<TreePath, FixtureNode>): FixtureTree => {
  const nodes = withParents(named);

  /** As the kernel follows a path, with this tree's root for `/`. */
  const find = (path: TreePath): { readonly at: TreePath; readonly node: FixtureNode } | undefined => {
    const todo = partsOf(path);
    let at = '';
    let links = 0;
    for (let part = todo.shift(); part !== undefined; part = todo.shift()) {
      const node = nodes.get(part === '..' ? parentOf(at) : `${at}/${part}`);
      if (!node || nodes.get(at)?.kind !== 'directory') return undefined;
      if (node.kind !== 'symlink') {
        at = part === '..' ? parentOf(at) : `${at}/${part}`;
        continue;
      }
      if (++links > maxLinks) throw new RescueError('path-loop', { path });
      if (node.target.startsWith('/')) at = '';
      todo.unshift(...partsOf(node.target));
    }
    const node = nodes.get(at);
    return node && { at, node };
  };

  return {
    files: new Map([...nodes].flatMap(([path, node]) => (node.kind === 'file' ? [[path, node.content] as const] : []))),

    with: (changes) => {
      const changed = new Map(named);
      for (const [path, content] of Object.entries(changes)) {
        if (content === null) changed.delete(path);
        else changed.set(path, nodeOf(content));
      }
      return treeOf(changed);
    },

    read: async (path, limitBytes = defaultLimitBytes) => {
      const found = find(path);
      if (!found) return undefined;
      if (found.node.kind !== 'file') throw new RescueError('not-a-file', { path, kind: found.node.kind });
      const sizeBytes = found.node.content.length;
      if (sizeBytes > limitBytes) throw new RescueError('file-too-large', { path, sizeBytes, limitBytes });
      return found.node.content;
    },

    readStart: async (path, byteCount) => {
      const found = find(path);
      if (!found) return undefined;
      if (found.node.kind !== 'file') throw new RescueError('not-a-file', { path, kind: found.node.kind });
      return found.node.content.subarray(0, byteCount);
    },

    readRange: async (path, offsetBytes, byteCount) => {
      const found = find(path);
      if (!found) return undefined;
      if (found.node.kind !== 'file') throw new RescueError('not-a-file', { path, kind: found.node.kind });
      return found.node.content.subarray(offsetBytes, offsetBytes + byteCount);
    },

    list: async (path) => {
      const found = find(path);
      return found?.node.kind === 'directory' ? childrenOf(nodes, found.at) : [];
    },

    status: async (path) => {
      const found = find(path);
      if (!found) return undefined;
      const { node } = found;
      return {
        kind: node.kind,
        sizeBytes: node.kind === 'file' ? node.content.length : 0,
        mode: node.kind === 'directory' ? 0o755 : 0o644,
        uid: 0,
        gid: 0,
        modifiedAtMs: 0,
      };
    },

    resolve: async (path) => {
      const found = find(path);
      return found && (found.at || '/');
    },

    linkTarget: async (path) => {
      const folder = find(path.replace(/\/[^/]*\/*$/, '') || '/');
      const node = folder && nodes.get(`${folder.at}/${partsOf(path).at(-1)}`);
      return node?.kind === 'symlink' ? node.target : undefined;
    },

    label: async () => undefined,
    isImmutable: async () => false,
  };
};

const childrenOf = (nodes: ReadonlyMap<TreePath, FixtureNode>, parent: TreePath): readonly Entry[] =>
  [...nodes].flatMap(([path, { kind }]) =>
    path !== '' && parentOf(path) === parent ? [{ name: path.slice(parent.length + 1), kind }] : [],
  );

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.');

const parentOf = (path: TreePath): TreePath => path.slice(0, Math.max(path.lastIndexOf('/'), 0));
