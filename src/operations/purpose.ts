import type { RunPurpose } from '../model/plan.ts';
import { type ChangeOperation, isChange, operationCalled } from './index.ts';
import type { Facts, PurposeOfRecord } from './operation.ts';

type PurposeOfEach<O> = O extends ChangeOperation ? PurposeOfRecord<O> : never;

/** What a plan is for: the operation, and the facts that its record names. */
export type Purpose = PurposeOfEach<ChangeOperation>;

export type PurposeOf<Id extends ChangeOperation['id']> = Extract<Purpose, { readonly task: Id }>;

/** What a journal was kept for; a newer Sparekey may have written it. */
export type JournalPurpose = Purpose | { readonly task: 'unknown'; readonly name: string };

/**
 * Reads a purpose out of a journal. An operation that is not known, or whose facts are not as its record has them, becomes
 * `unknown`; undefined for what no Sparekey wrote.
 */
export const parsePurpose = (value: unknown): JournalPurpose | undefined => {
  if (!isFields(value) || typeof value['task'] !== 'string') return undefined;
  const { task } = value;
  const operation = operationCalled(task);
  const facts = operation && isChange(operation) ? factsIn(value, operation.facts) : undefined;
  return facts ? ({ task, ...facts } as Purpose) : { task: 'unknown', name: task.slice(0, longestName) };
};

/** Whether what a journal says was written by this version's own rules. */
export const isKnownPurpose = (purpose: RunPurpose): purpose is Purpose => operationCalled(purpose.task) !== undefined;

const longestName = 100;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const factsIn = (fields: Fields, facts: Facts): Fields | undefined => {
  const entries = Object.entries(facts).map(([name, kind]) => [name, fields[name], kind] as const);
  const isSound = entries.every(([, value, kind]) => (kind === 'list' ? isTexts(value) : typeof value === 'string'));
  return isSound ? Object.fromEntries(entries) : undefined;
};

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');
