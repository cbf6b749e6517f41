import type { RescueError } from '../model/errors.ts';
import type { Finding } from '../model/finding.ts';
import type { Effect, JournalPurpose, Notice } from '../model/plan.ts';
import type { FindingSentences } from './finding-words.ts';
import type { EffectSentences, ErrorSentences, NoticeSentences, PurposeSentences } from './sentences.ts';

/*
 * A code and its details always come from the same union member, so the sentence that the code names takes those
 * details; TypeScript cannot follow that through an index, hence one widening per map.
 */

export const errorSentence = (sentences: ErrorSentences, { code, details }: RescueError): string =>
  (sentences[code] as (details: unknown) => string)(details);

export const noticeSentence = (sentences: NoticeSentences, { code, details }: Notice): string =>
  (sentences[code] as (details: unknown) => string)(details);

export const effectSentence = (sentences: EffectSentences, effect: Effect): string =>
  (sentences[effect.kind] as (effect: Effect) => string)(effect);

export const purposeSentence = (sentences: PurposeSentences, purpose: JournalPurpose): string =>
  (sentences[purpose.task] as (purpose: JournalPurpose) => string)(purpose);

export const findingSentence = (sentences: FindingSentences, { code, details }: Finding): string =>
  (sentences[code] as (details: unknown) => string)(details);
