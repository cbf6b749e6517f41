import type { Account } from '../model/account.ts';
import { isRescueError, type RescueError } from '../model/errors.ts';
import type { Certainty, Door, Finding } from '../model/finding.ts';
import type { Effect, Notice, RunPurpose } from '../model/plan.ts';
import type { ChangeOperation } from '../operations/index.ts';
import { isKnownPurpose, type Purpose } from '../operations/purpose.ts';
import type { OperationTexts } from './operation-words.ts';
import type { EffectSentences, ErrorSentences, FindingSentences, NoticeSentences } from './sentences.ts';

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

export const findingSentence = (sentences: FindingSentences, { code, details }: Finding): string =>
  (sentences[code] as (details: unknown) => string)(details);

/** What a run is or was for. What a newer Sparekey did is told by its name alone. */
export const purposeSentence = (
  { operations, newerRun }: { readonly operations: OperationTexts; readonly newerRun: (name: string) => string },
  purpose: RunPurpose,
): string =>
  isKnownPurpose(purpose)
    ? (operations[purpose.task].title as (purpose: RunPurpose) => string)(purpose)
    : newerRun(String(purpose['name'] ?? purpose.task));

/** What to do once the machine is started again. */
export const nextStepsOf = (
  { operations }: { readonly operations: OperationTexts },
  purpose: Purpose,
  realm: Account['realm'],
): readonly string[] =>
  (operations[purpose.task].next as (purpose: Purpose, realm: Account['realm']) => readonly string[])(purpose, realm);

/** What one more yes would lift, and which input that yes sets. */
export interface Insistence {
  readonly input: string;
  readonly title: string;
  readonly question: string;
  readonly yes: string;
}

/** Of a refusal that can be insisted against; undefined for any other. */
export const insistenceOn = (
  { operations }: { readonly operations: OperationTexts },
  operation: ChangeOperation,
  error: unknown,
): Insistence | undefined => {
  if (!('insists' in operation) || !isRescueError(error) || error.code !== operation.insists.code) return undefined;
  const { title, question, yes } = operations[operation.id].insist;
  return {
    input: operation.insists.input,
    title,
    question: (question as (details: unknown) => string)(error.details),
    yes,
  };
};

/** What it takes to name doors, and how they stand. */
interface DoorWords {
  readonly doors: Readonly<Record<Door, string>>;
  readonly shut: Readonly<Record<Certainty, string>>;
  readonly hindered: Readonly<Record<Certainty, string>>;
  readonly doorsAre: (state: string, doors: string) => string;
}

/** Which doors a finding concerns, as sure as that is: `Shut: console, desktop`. */
export const doorSentence = (
  { shut, hindered, doors: names, doorsAre }: DoorWords,
  { isShut, certainty, doors }: Finding,
): string => doorsAre((isShut ? shut : hindered)[certainty], doors.map((door) => names[door]).join(', '));
