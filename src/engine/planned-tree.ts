import type { Change, NewFolder } from '../model/plan.ts';
import type { Entry, FileAttributes, FileStatus, Tree, TreePath } from '../model/tree.ts';

/**
 * A tree as it will be when changes are made: what is rehearsed on it is what will be. Labels and patches within large
 * files are none of what a login is decided by, and are left as they are.
 */
export const plannedTree = (tree: Tree, changes: readonly Change[]): Tree => {
  const contents = new Map<TreePath, Uint8Array>();
  const made = new Map<TreePath, FileStatus>();
  const gone = new Set<TreePath>();
  for (const change of changes) {
    if (change.kind === 'write-file') contents.set(change.path, change.content);
    if (change.kind === 'remove-file') gone.add(change.path);
    if (change.kind === 'create-file') {
      contents.set(change.path, change.content);
      made.set(change.path, statusOf('file', change.attributes, change.content.length));
      for (const { path, attributes } of change.folders as readonly NewFolder[])
        made.set(path, statusOf('directory', attributes, 0));
    }
  }
  /** What is made may lie behind links, as everything else. */
  const real = async (path: TreePath): Promise<TreePath> => {
    const resolved = await tree.resolve(path);
    if (resolved !== undefined || path === '/' || path === '') return resolved ?? path;
    const at = path.lastIndexOf('/');
    const parent = await real(path.slice(0, at) || '/');
    return `${parent === '/' ? '' : parent}${path.slice(at)}`;
  };
  return {
    ...tree,
    read: async (asked, limitBytes) => {
      const path = await real(asked);
      if (gone.has(path)) return undefined;
      return contents.get(path) ?? (await tree.read(asked, limitBytes));
    },
    status: async (asked) => {
      const path = await real(asked);
      if (gone.has(path)) return undefined;
      const status = made.get(path) ?? (await tree.status(asked));
      const content = contents.get(path);
      return status && content ? { ...status, sizeBytes: content.length } : status;
    },
    list: async (asked, limit) => {
      const path = await real(asked);
      const entries = made.get(path)?.kind === 'directory' ? [] : await tree.list(asked, limit);
      const inside = path === '/' ? '' : path;
      const added = [...made].flatMap(([each, { kind }]): Entry[] =>
        each.slice(0, each.lastIndexOf('/')) === inside ? [{ name: each.slice(inside.length + 1), kind }] : [],
      );
      const names = new Set(added.map(({ name }) => name));
      return [...entries.filter(({ name }) => !names.has(name) && !gone.has(`${inside}/${name}`)), ...added];
    },
    resolve: async (asked) => {
      const path = await real(asked);
      if (gone.has(path)) return undefined;
      return made.has(path) ? path : await tree.resolve(asked);
    },
  };
};

const statusOf = (kind: 'file' | 'directory', attributes: FileAttributes, sizeBytes: number): FileStatus => {
  const { uid, gid, mode } = attributes;
  return { kind, sizeBytes, mode, uid, gid, modifiedAtMs: 0 };
};
