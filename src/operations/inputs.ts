import type { PublicKey } from '../model/public-key.ts';
import type { NewPassword } from '../model/secret.ts';

/**
 * What an operation can ask for. An input is plain data; each face has one file for each kind in its folder `inputs/`,
 * which knows how a value of that kind is asked for, read and checked there.
 */
export interface InputValues {
  readonly password: NewPassword;
  readonly 'public-key': PublicKey;
  readonly flag: boolean;
  readonly text: string;
  readonly choice: string;
  /** Texts in a row. */
  readonly names: readonly string[];
  /** Absolute paths on the volume. */
  readonly paths: readonly string[];
  /** A folder of the machine that Sparekey runs on; in a job, the medium that the job lies on. */
  readonly destination: string;
  /** A small file of the machine that Sparekey runs on, to be read for what is in it. */
  readonly file: string;
}

export type InputKind = keyof InputValues;

interface InputOf<K extends InputKind> {
  readonly kind: K;
  /** Nothing can be done without it. */
  readonly isRequired?: true;
  /** On the command line it stands without a name before it. */
  readonly isPositional?: true;
}

export interface ChoiceInput extends InputOf<'choice'> {
  /** The first one is meant where nothing is said. */
  readonly among: readonly [string, ...string[]];
}

export type Input = { [K in Exclude<InputKind, 'choice'>]: InputOf<K> }[Exclude<InputKind, 'choice'>] | ChoiceInput;

/** The inputs of an operation by their names: `unlock` is `--unlock`, and `unlock:` in a job file. */
export type Inputs = Readonly<Record<string, Input>>;

/** What an input comes to: a flag that is not given is false, anything else that is not given is undefined. */
export type ValueOf<I extends Input> = I extends { readonly kind: 'flag' }
  ? boolean
  : I extends { readonly kind: 'choice'; readonly among: readonly (infer Choice)[] }
    ? Choice
    : I extends { readonly isRequired: true }
      ? InputValues[I['kind']]
      : InputValues[I['kind']] | undefined;

export type ValuesOf<I extends Inputs> = { readonly [Name in keyof I]: ValueOf<I[Name]> };

/** The same where it is not known which operation they are of. */
export type Values = Readonly<Record<string, InputValues[InputKind] | undefined>>;

/** What an operation is asked for with: of its inputs those that are given, and every other flag as not set. */
export const withDefaults = (inputs: Inputs, given: Values): Values => {
  const flags = Object.entries(inputs).filter(([, { kind }]) => kind === 'flag');
  return { ...Object.fromEntries(flags.map(([name]) => [name, false])), ...given };
};

/** The name of the one input of this kind. */
export const inputOfKind = (inputs: Inputs, kind: InputKind): string | undefined =>
  Object.keys(inputs).find((name) => inputs[name]?.kind === kind);
