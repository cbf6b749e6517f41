import type { ErrorCode, ErrorDetails } from '../model/errors.ts';
import type { Effect, NoticeCode, NoticeDetails } from '../model/plan.ts';

/** A sentence for every code: adding a code without its sentence does not compile, in either language. */
export type ErrorSentences = { readonly [C in ErrorCode]: (details: ErrorDetails[C]) => string };

export type NoticeSentences = { readonly [C in NoticeCode]: (details: NoticeDetails[C]) => string };

export type EffectSentences = { readonly [K in Effect['kind']]: (effect: Extract<Effect, { kind: K }>) => string };
