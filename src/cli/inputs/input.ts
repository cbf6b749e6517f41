import type { Argv } from 'yargs';
import type { Secret } from '../../model/secret.ts';
import type { Input, InputKind, InputValues } from '../../operations/inputs.ts';
import type { Text } from '../../text/text.ts';
import type { Session } from '../session.ts';

/** What stood on the command line, under the names that were typed. */
export type Given = Readonly<Record<string, unknown>>;

/** An input of an operation, and what its help says. */
export interface Asked {
  readonly name: string;
  readonly input: Input;
  readonly sentence: string;
}

/** A value, once it is there. */
export interface Obtained<Value> {
  readonly value: Value;
  /** A password that was made up: it is printed once the change is in place. */
  readonly generated?: Secret;
}

/** One kind of input on the command line. */
export interface CommandLineInput<K extends InputKind> {
  /** Its argument or options, with their help. */
  declare(parser: Argv, asked: Asked, text: Text): Argv;
  /**
   * Called before the disks are looked at, so that nobody waits for a refusal that needs no disk.
   * @returns what gets the value, once it is known for whom it is
   */
  take(
    session: Session,
    given: Given,
    asked: Asked,
  ): Promise<(whom: string) => Promise<Obtained<InputValues[K] | undefined>>>;
  /** How it is written in a manual: `--user NAME`, `[ID]`, `PATH…`. */
  usage(asked: Pick<Asked, 'name' | 'input'>): string;
  /** Whether it may stand there more than once. */
  readonly isRepeatable?: boolean;
}

/** Declares an argument in its place, or an option with one value. */
export const declareText = (
  parser: Argv,
  { name, input, sentence }: Asked,
  more: { readonly array?: true } = {},
): Argv => {
  const common = {
    type: 'string',
    describe: sentence,
    ...(input.isRequired && { demandOption: true }),
    ...more,
  } as const;
  return input.isPositional ? parser.positional(name, common) : parser.option(name, { ...common, requiresArg: true });
};

/** `NAME` in its place, or `--user NAME`; in brackets where it may be left out. */
export const textUsage = (
  { name, input: { isPositional, isRequired } }: Pick<Asked, 'name' | 'input'>,
  placeholder: string,
): string => {
  const usage = isPositional ? placeholder : `--${name} ${placeholder}`;
  return isRequired ? usage : `[${usage}]`;
};

/** A value that is there at once. */
export const atOnce =
  <Value>(value: Value) =>
  async (): Promise<Obtained<Value>> => ({ value });

export const textIn = (given: Given, name: string): string | undefined => {
  const value = given[name];
  return typeof value === 'string' ? value : undefined;
};

export const textsIn = (given: Given, name: string): readonly string[] => {
  const value = given[name];
  return Array.isArray(value) ? value.map(String) : [];
};
