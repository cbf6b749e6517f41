import type { Account } from '../model/account.ts';
import type { ErrorCode, ErrorDetails } from '../model/errors.ts';
import type { Operation, OperationCalled, OperationId } from '../operations/index.ts';
import type { PurposeOf } from '../operations/purpose.ts';

/** What people read of each operation. One without its words does not compile, in either language. */
export type OperationTexts = { readonly [Id in OperationId]: WordsOf<OperationCalled<Id>> };

type WordsOf<O extends Operation> = Words<O> &
  (O extends { readonly kind: 'change'; readonly id: infer Id extends PurposedId } ? ChangeWords<Id> : unknown) &
  (O extends { readonly insists: { readonly code: infer Code extends ErrorCode } }
    ? { readonly insist: InsistWords<Code> }
    : unknown) &
  ('tui' extends O['faces'][number] ? { readonly menu: string } : unknown) &
  ('jobs' extends O['faces'][number] ? { readonly step: (what: string, on: string | undefined) => string } : unknown);

type PurposedId = Extract<Operation, { readonly kind: 'change' }>['id'];

/** What every operation has. `menu`: its row in the text UI; `step`: a step of a job, before it is known where. */
interface Words<O extends Operation> {
  /** One line, for --help and the README. */
  readonly help: string;
  /** A sentence for each input, for --help and editors of job files. */
  readonly inputs: { readonly [Name in keyof O['inputs']]: string };
}

interface ChangeWords<Id extends PurposedId> {
  /** What a plan or a run is for, as a heading. */
  readonly title: (purpose: PurposeOf<Id>) => string;
  /** What carrying it out is called, on a button. */
  readonly apply: string;
  /** What was seen on the fresh look. */
  readonly verified: string;
  /** What to do once the machine is started again. */
  readonly next: (purpose: PurposeOf<Id>, realm: Account['realm']) => readonly string[];
}

/** Before a refusal is lifted, it is asked for by itself. */
interface InsistWords<Code extends ErrorCode> {
  readonly title: string;
  readonly question: (details: ErrorDetails[Code]) => string;
  readonly yes: string;
}
