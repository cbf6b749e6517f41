import type { PublicKey } from './public-key.ts';
import type { PasswordHash, Secret } from './secret.ts';

/** What a job file asks for: a run without anybody at a keyboard. */
export interface Job {
  readonly name?: string;
  readonly language?: 'en' | 'fr';
  /** How long to wait for a disk that matches. */
  readonly waitSeconds?: number;
  /** The board has one card slot: the rescue card is taken out for the one that is locked out, and put back afterwards. */
  readonly isSwap: boolean;
  readonly steps: readonly JobStep[];
  /** How the machine is left, if it runs from the rescue medium. */
  readonly ending: 'poweroff' | 'reboot' | 'stay';
}

export type JobStep = ResetPasswordStep | AuthorizeKeyStep | UndoStep | RecoverStep;

interface Step {
  /** Where it stands in the job file, from 1. */
  readonly line: number;
  /** A selector; without one, only one system may fit. */
  readonly on?: string;
}

export interface ResetPasswordStep extends Step {
  readonly task: 'reset-password';
  readonly user: string;
  readonly password: Secret | PasswordHash | 'generate';
  /** Lift a lock that stands on the account. */
  readonly unlock: boolean;
}

export interface AuthorizeKeyStep extends Step {
  readonly task: 'authorize-key';
  readonly user: string;
  readonly key: PublicKey;
}

export interface UndoStep extends Step {
  readonly task: 'undo';
  /** The run to undo; without it, only one may stand. */
  readonly id?: string;
  /** Put back even files that were changed since. */
  readonly force: boolean;
}

/** Copies files out, into the place for recovered files beside the job. */
export interface RecoverStep extends Step {
  readonly task: 'recover';
  readonly paths: readonly string[];
}

/** Something in a job file that is not understood, and what would be. Values are never quoted: they may be secret. */
export interface JobProblem {
  /** From 1; both count characters as an editor does. */
  readonly line: number;
  readonly column: number;
  readonly what: JobProblemKind;
  /** The key it is about, as written. */
  readonly key?: string;
  readonly accepted?: Accepted;
}

export type JobProblemKind =
  | 'too-large'
  | 'not-utf8'
  | 'not-yaml'
  | 'tab'
  | 'several-documents'
  | 'reference'
  | 'duplicate-key'
  | 'unknown-key'
  | 'missing-key'
  | 'wrong-value'
  | 'one-of-keys'
  | 'bad-password'
  | 'bad-hash'
  | 'bad-key'
  | 'struck-out'
  | 'run-already';

/** What could have stood there. */
export type Accepted =
  | { readonly kind: 'values'; readonly values: readonly string[] }
  | { readonly kind: 'keys'; readonly keys: readonly string[] }
  | { readonly kind: 'number'; readonly min: number; readonly max: number }
  | { readonly kind: 'text' | 'path' | 'list' };

/** Bytes of a job file, from `start` up to `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Where a job file carries what has to be struck out after the run. */
export interface JobMarks {
  /** The version number, one byte: overwriting it marks the job as run. */
  readonly version: ByteRange;
  readonly secrets: readonly ByteRange[];
}
