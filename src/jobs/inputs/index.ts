import type * as z from 'zod';
import type { JobProblemKind } from '../../model/job.ts';
import { isIn, type OperationIn, operations } from '../../operations/index.ts';
import { type Input, type InputKind, type Inputs, type Values, withDefaults } from '../../operations/inputs.ts';
import { targetInputsOf } from '../../operations/targets.ts';
import { textFor } from '../../text/index.ts';
import type { JobStep } from '../job.ts';
import { choice } from './choice.ts';
import { destination } from './destination.ts';
import { file } from './file.ts';
import { flag } from './flag.ts';
import type { Fields, InputTools, JobInput } from './input.ts';
import { names } from './names.ts';
import { password } from './password.ts';
import { paths } from './paths.ts';
import { publicKey } from './public-key.ts';
import { text } from './text.ts';

/** Every kind of input; one that a job file cannot say does not compile. */
const kinds: { readonly [K in InputKind]: JobInput<K> } = {
  ...{ password, 'public-key': publicKey, flag, text, choice, names, paths, destination, file },
};

/** A kind reads what its own inputs keep; TypeScript cannot follow that through an index, hence the widening. */
export const kindOf = ({ kind }: Input): JobInput<InputKind> => kinds[kind] as unknown as JobInput<InputKind>;

/** An input under its name, with the sentence that explains it. Schema and example are in English. */
export interface ExplainedInput {
  readonly name: string;
  readonly input: Input;
  readonly sentence: string;
}

/** What a step of an operation takes beside `on`: what names its target, and its inputs. */
export const inputsOfStep = (operation: OperationIn<'jobs'>): readonly ExplainedInput[] => {
  const { operations: words, help } = textFor('en');
  const explained = (inputs: Inputs, sentences: Readonly<Record<string, string>>) =>
    Object.entries(inputs).map(([name, input]) => ({ name, input, sentence: sentences[name] ?? '' }));
  return [
    ...explained(targetInputsOf(operation), help.options),
    ...explained(operation.inputs, words[operation.id].inputs),
  ];
};

/** The keys of one input; of several, exactly one has to be there if the input is required. */
export const keysOf = ({ name, input, sentence }: ExplainedInput): Readonly<Record<string, z.ZodType>> =>
  kindOf(input).keys(name, sentence, input);

/** What stands in a step, under the names of the inputs. */
export const readInputs = (operation: OperationIn<'jobs'>, step: Fields): Fields => {
  const read = inputsOfStep(operation).map(({ name, input }) => [name, kindOf(input).read(step, name)] as const);
  return Object.fromEntries(read.filter(([, value]) => value !== undefined));
};

/** What the inputs of a step come to. @throws RescueError key-file, key-unusable */
export const resolveInputs = async (
  operation: OperationIn<'jobs'>,
  step: JobStep,
  tools: InputTools,
): Promise<Values> => {
  const kept: Fields = { ...step };
  const given: Record<string, Values[string]> = {};
  for (const [name, input] of Object.entries(operation.inputs)) {
    const value = kept[name];
    if (value === undefined) continue;
    const { resolve } = kindOf(input);
    given[name] = (resolve ? await resolve(value as never, tools) : value) as Values[string];
  }
  return withDefaults(operation.inputs, given);
};

/** Which kind of input a key belongs to, whichever the step. */
const kindsByKey: ReadonlyMap<string, JobInput<InputKind>> = new Map(
  operations
    .filter(isIn('jobs'))
    .flatMap(inputsOfStep)
    .flatMap((asked) => Object.keys(keysOf(asked)).map((key) => [key, kindOf(asked.input)] as const)),
);

/** What is wrong with a value that the schema takes. @param written as it stands in the file, quotes included */
export const problemWith = (key: string, value: string, written: string): JobProblemKind | undefined =>
  kindsByKey.get(key)?.problemOf?.(key, value, written);

const secretKeys: ReadonlySet<string> = new Set(Object.values(kinds).flatMap((kind) => kind.secretKeys ?? []));

/** Whether a value has to be struck out after the run. */
export const isSecretKey = (key: string): boolean => secretKeys.has(key);
