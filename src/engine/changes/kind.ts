import type { Edit } from '../../model/edit.ts';
import type { Change } from '../../model/plan.ts';
import type { Tree, TreePath, WritableTree } from '../../model/tree.ts';
import type { JournalEntry } from '../manifest-entry.ts';

/** Where an entry's file stands: as it was before the change, as the change left it, or otherwise. */
export type Standing = 'before' | 'after' | 'other';

/** Reads the content that was kept for an entry. @throws RescueError journal-corrupt */
export type ReadSaved = (saved: string, before: string) => Promise<Uint8Array>;

/** One kind of change: how it is planned for, carried out, put back and undone. */
export interface ChangeKind<C extends Change, E extends JournalEntry> {
  /** What the journal says of it. @param names unique within the run */
  entryOf(change: C, names: { readonly saved: string; readonly temporary: string }): E;
  /** The content to keep before anything is changed. @throws RescueError plan-stale */
  readonly contentToSave: (tree: Tree, entry: E) => Promise<Uint8Array | undefined>;
  /** @throws RescueError plan-stale */
  assertAsPlanned(tree: Tree, change: C): Promise<void>;
  carryOut(tree: WritableTree, change: C, entry: E): Promise<void>;
  standing(tree: Tree, entry: E): Promise<Standing>;
  /** Puts back what stands as the change left it. */
  putBack(tree: WritableTree, entry: E, readSaved: ReadSaved): Promise<void>;
  /** The same as something to be planned. @param journal the id of the run that is undone */
  undoEdit(entry: E, readSaved: ReadSaved, journal: string): Promise<Edit>;
  /** Siblings that a cut leaves behind. */
  leftovers(entry: E): readonly TreePath[];
}
