import { RescueError } from '../../model/errors.ts';
import type { PatchFile } from '../../model/plan.ts';
import type { Tree } from '../../model/tree.ts';
import { digestOf } from '../digest.ts';
import type { PatchedEntry } from '../manifest-entry.ts';
import type { ChangeKind } from './kind.ts';

/** Some bytes in the middle of a file become others; the file stays the same one, with the same length. */
export const patchFile: ChangeKind<PatchFile, PatchedEntry> = {
  entryOf: ({ path, offsetBytes, before, content }, { saved }) => ({
    ...{ kind: 'patched', path, offsetBytes, sizeBytes: content.length, before, after: digestOf(content), saved },
  }),
  contentToSave: (tree, entry) => readExpectedPart(tree, entry, entry.before),
  assertAsPlanned: async (tree, { path, offsetBytes, before, content }) => {
    await readExpectedPart(tree, { path, offsetBytes, sizeBytes: content.length }, before);
  },
  carryOut: (tree, { path, offsetBytes, content }) => tree.patchFile(path, offsetBytes, content),
  standing: async (tree, { path, offsetBytes, sizeBytes, before, after }) => {
    const part = await tree.readRange(path, offsetBytes, sizeBytes);
    const digest = part && digestOf(part);
    if (digest === before) return 'before';
    return digest === after ? 'after' : 'other';
  },
  putBack: async (tree, { path, offsetBytes, saved, before }, readSaved) =>
    tree.patchFile(path, offsetBytes, await readSaved(saved, before)),
  undoEdit: async ({ path, offsetBytes, saved, before }, readSaved, journal) => ({
    ...{ kind: 'patch', path, offsetBytes, content: await readSaved(saved, before) },
    effects: [{ kind: 'put-back', journal }],
  }),
  leftovers: () => [],
};

/** @throws RescueError plan-stale */
const readExpectedPart = async (
  tree: Tree,
  { path, offsetBytes, sizeBytes }: Pick<PatchedEntry, 'path' | 'offsetBytes' | 'sizeBytes'>,
  expected: string,
): Promise<Uint8Array> => {
  const part = await tree.readRange(path, offsetBytes, sizeBytes);
  if (part === undefined || digestOf(part) !== expected) throw new RescueError('plan-stale', { path });
  return part;
};
