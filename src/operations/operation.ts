import type { Edit } from '../model/edit.ts';
import type { Notice, Purpose } from '../model/plan.ts';
import type { Capabilities, InstalledSystem } from '../model/system.ts';
import type { Tree } from '../model/tree.ts';

/** What an operation may use to make its plan; the engine brings it. */
export interface OperationContext {
  readonly system: InstalledSystem;
  readonly tree: Tree;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  readonly randomBytes: (count: number) => Uint8Array;
}

/** An operation's answer: the edits it wants, what to warn of, and how to prove afterwards that it worked. */
export interface OperationDraft {
  readonly purpose: Purpose;
  readonly edits: readonly Edit[];
  readonly warnings: readonly Notice[];
  /** On a fresh read of the changed volume. @throws RescueError verify-failed */
  readonly verify: (tree: Tree) => Promise<void>;
}

/** One thing that a person can ask for. */
export interface Operation<Options> {
  readonly id: Purpose['task'];
  /** Offered by systems that can do this. */
  readonly needs: keyof Capabilities;
  plan(context: OperationContext, options: Options): Promise<OperationDraft>;
}
