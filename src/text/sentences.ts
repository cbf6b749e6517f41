import type { ErrorCode, ErrorDetails } from '../model/errors.ts';
import type { FindingCode, FindingDetails } from '../model/finding.ts';
import type { JobProblem, JobProblemKind } from '../model/job.ts';
import type { Effect, NoticeCode, NoticeDetails } from '../model/plan.ts';
import type { CopyProblem } from '../model/recovery.ts';

/** A sentence for every code: adding a code without its sentence does not compile, in either language. */
export type ErrorSentences = { readonly [C in ErrorCode]: (details: ErrorDetails[C]) => string };

export type NoticeSentences = { readonly [C in NoticeCode]: (details: NoticeDetails[C]) => string };

export type EffectSentences = { readonly [K in Effect['kind']]: (effect: Extract<Effect, { kind: K }>) => string };

export type FindingSentences = { readonly [C in FindingCode]: (details: FindingDetails[C]) => string };

export type JobProblemSentences = { readonly [K in JobProblemKind]: (problem: JobProblem) => string };

/** `what`: why, or what it is instead; `ranges`: of a file of which bytes are missing. */
export type CopyProblemSentences = {
  readonly [K in CopyProblem['kind']]: (path: string, what: string, ranges: string) => string;
};
