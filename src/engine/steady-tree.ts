import type { Tree, TreePath } from '../model/tree.ts';

/**
 * A tree whose files stay as they were when they were first read. In a mounted folder another run may write between two
 * readings: a plan that was made from the one, and that expects what stands in the other, would take its change back
 * without a word.
 */
export const steadyTree = <T extends Tree>(tree: T): T => {
  const targets = new Map<TreePath, Promise<TreePath | undefined>>();
  const contents = new Map<TreePath, Promise<Uint8Array | undefined>>();
  const resolve: Tree['resolve'] = (path) => remembered(targets, path, () => tree.resolve(path));
  return {
    ...tree,
    resolve,
    read: async (asked: TreePath, limitBytes?: number) => {
      const path = (await resolve(asked)) ?? asked;
      const content = await remembered(contents, path, () => tree.read(path, limitBytes));
      const isTooLarge = limitBytes !== undefined && (content?.length ?? 0) > limitBytes;
      return isTooLarge ? await tree.read(path, limitBytes) : content;
    },
  };
};

const remembered = <T>(memory: Map<TreePath, Promise<T>>, path: TreePath, ask: () => Promise<T>): Promise<T> => {
  const known = memory.get(path) ?? ask();
  memory.set(path, known);
  return known;
};
