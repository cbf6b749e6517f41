import type { Certainty, Door, DoorState, DoorThere, FindingCode, FindingDetails } from '../model/finding.ts';

export type FindingSentences = { readonly [C in FindingCode]: (details: FindingDetails[C]) => string };

/** Words for what `check` finds. */
export interface FindingWords {
  readonly sentences: FindingSentences;
  readonly doors: Readonly<Record<Door, string>>;
  /** What stands before the doors: they are shut, or harder to go through; as sure as that is. */
  readonly shut: Readonly<Record<Certainty, string>>;
  readonly hindered: Readonly<Record<Certainty, string>>;
  readonly where: (path: string, line?: number) => string;
  readonly cure: (id: string) => string;
  readonly heading: (system: string, user?: string) => string;
  readonly nothing: string;
  readonly doorStates: Readonly<Record<Exclude<DoorState['state'], 'missing'>, string>>;
  /** Why a door is none for an account. */
  readonly missing: Readonly<Record<NonNullable<DoorThere['missing']>, string>>;
  /** Above the doors of an account: as they are, as they will be after a plan, and after it was carried out. */
  readonly doorsHeading: (user: string) => string;
  readonly doorsAfter: string;
  readonly doorsNow: string;
  readonly because: (sentence: string, where?: string) => string;
  /** `console: shut. Why.` */
  readonly door: (door: string, state: string, reasons: readonly string[]) => string;
}
