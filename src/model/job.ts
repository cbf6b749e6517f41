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
export interface JobBytes {
  readonly start: number;
  readonly end: number;
}

/** Where a job file carries what has to be struck out after the run. */
export interface JobMarks {
  /** The version number, one byte: overwriting it marks the job as run. */
  readonly version: JobBytes;
  readonly secrets: readonly JobBytes[];
}
