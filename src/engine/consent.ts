import type { Digest } from '../model/plan.ts';
import type { Plan } from './plan.ts';

declare const given: unique symbol;

/** A person's or a job's yes to one exact plan. Only consentTo makes one, so that nobody can apply without asking. */
export interface Consent {
  readonly [given]: true;
  readonly to: Digest;
  /** Asked and answered, or given beforehand (--yes, a job file). */
  readonly by: 'answer' | 'order';
}

/** Call it where the yes was really given, and nowhere else. */
export const consentTo = (plan: Plan, by: Consent['by']): Consent => ({ to: plan.digest, by }) as Consent;
