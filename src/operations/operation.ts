import type { Account } from '../model/account.ts';
import type { Edit } from '../model/edit.ts';
import type { ErrorCode } from '../model/errors.ts';
import type { Finding } from '../model/finding.ts';
import type { Notice } from '../model/plan.ts';
import type { Volume } from '../model/storage.ts';
import type { Capabilities, InstalledSystem } from '../model/system.ts';
import type { Tree } from '../model/tree.ts';
import type { Inputs, ValuesOf } from './inputs.ts';

/** What an operation may use to make its plan; the engine brings it. */
export interface OperationContext {
  readonly system: InstalledSystem;
  readonly tree: Tree;
  /** Everything that could be mounted, on every disk that was looked at. */
  readonly volumes: readonly Volume[];
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  readonly randomBytes: (count: number) => Uint8Array;
}

/** An operation's answer: the edits it wants, what to warn of, and how to prove afterwards that it worked. */
export interface OperationDraft<Purpose = unknown> {
  readonly purpose: Purpose;
  readonly edits: readonly Edit[];
  readonly warnings: readonly Notice[];
  /** What a person may take into the plan, or leave out. */
  readonly ticks?: readonly Tick[];
  /** On a fresh read of the changed volume. @throws RescueError verify-failed */
  readonly verify: (tree: Tree) => Promise<void>;
}

/** A cure that is in the plan, or could be: taking and leaving it out is another plan, with other values of one input. */
export interface Tick {
  /** The input that names what is taken. */
  readonly input: string;
  readonly finding: Finding;
  readonly isOn: boolean;
}

/** Makes the plan of a change. */
export interface Planner<Options, Purpose = unknown> {
  plan(context: OperationContext, options: Options): Promise<OperationDraft<Purpose>>;
}

/** The ways in which a person asks for something: command line, job file, text UI. */
export type Face = 'cli' | 'jobs' | 'tui';

/** What a journal keeps of what a run was for, by name: its title is made of these, then and later. */
export type Facts = Readonly<Record<string, 'text' | 'list'>>;

type ValuesOfFacts<F extends Facts> = {
  readonly [Name in keyof F]: F[Name] extends 'list' ? readonly string[] : string;
};

/** What a plan of one operation is for: the operation, and the facts that its record names. */
export type PurposeOfRecord<O extends { readonly id: string; readonly facts: Facts }> = {
  readonly task: O['id'];
} & ValuesOfFacts<O['facts']>;

/** A refusal that one more yes lifts, and the flag that this yes sets. */
export interface Insistence {
  readonly code: ErrorCode;
  readonly input: string;
}

/** What every record says. All of it is plain data, so that a face can be made of it before anything else is loaded. */
interface Described {
  /** The command, the job step, the task of a journal's purpose, the row of the menu. */
  readonly id: string;
  /** Where it is offered. */
  readonly faces: readonly Face[];
  readonly inputs: Inputs;
}

/** A change of a volume: planned, agreed to, kept in a journal, proved, and undone on request. */
interface Changing extends Described {
  readonly kind: 'change';
  readonly facts: Facts;
  readonly insists?: Insistence;
}

/** A change for one account of an installed system. */
export interface AccountOperation extends Changing {
  readonly on: 'account';
  /** Offered by systems that can do this. */
  readonly needs: keyof Capabilities;
}

/** A change that starts from an earlier run; the engine, which keeps the journals, makes the plan. */
export interface JournalOperation extends Changing {
  readonly on: 'journal';
}

/** Gets something out of a disk, which is only ever read. */
export interface CopyOperation extends Described {
  readonly kind: 'copy';
}

/** What the planner of an operation is given: its inputs, and the account. */
export type OptionsOf<O extends { readonly inputs: Inputs }> = ValuesOf<O['inputs']> & { readonly account: Account };

/** Writes down the record of a change; `plan` is held against the inputs and facts that stand in it. */
export const defineChange = <const R extends AccountOperation>(
  record: R,
  plan: Planner<OptionsOf<R>, PurposeOfRecord<R>>['plan'],
): R & Planner<OptionsOf<R>, PurposeOfRecord<R>> => ({ ...record, plan });
