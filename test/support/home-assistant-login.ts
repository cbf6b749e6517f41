import { fileURLToPath } from 'node:url';
import { run } from './tools.ts';

/** One login, as home-assistant-login.py rehearses it. */
export interface Rehearsal {
  /** A release, or one of `generations` where it is not known. */
  readonly version: string;
  /** `data` of the password store. */
  readonly provider: { readonly users: readonly { readonly username: string; readonly password: string }[] };
  /** `data` of the auth store. */
  readonly auth: unknown;
  readonly typed: string;
  readonly password: string;
}

export interface Outcome {
  readonly opens: boolean;
  /** The id of the person whom the login becomes; null for a new one. */
  readonly person: string | null;
}

/** The generations that a Home Assistant without a readable version could be of. */
export const generations = ['folded-unless-ambiguous', 'folded-if-all-are-normal', 'always-folded'] as const;

const judge = fileURLToPath(new URL('./home-assistant-login.py', import.meta.url));

/** What Home Assistant would say to each login: in one Python process, which shares nothing with us. */
export const rehearseLogins = (rehearsals: readonly Rehearsal[]): readonly Outcome[] =>
  run('python3', [judge], rehearsals.map((each) => `${JSON.stringify(each)}\n`).join(''))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
