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
  readonly doorStates: Readonly<Record<DoorState['state'], string>>;
  /** Why a door is none for an account. */
  readonly missing: Readonly<Record<NonNullable<DoorThere['missing']>, string>>;
  /** Above the doors of an account as they stand, and as they will. */
  readonly doorsHeading: (user: string) => string;
  readonly doorsAfter: (user: string) => string;
  readonly because: (sentence: string, where?: string) => string;
}
