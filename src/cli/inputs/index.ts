import type { Argv } from 'yargs';
import type { Secret } from '../../model/secret.ts';
import type { Operation } from '../../operations/index.ts';
import type { Input, InputKind, Inputs, Values } from '../../operations/inputs.ts';
import { targetInputsOf } from '../../operations/targets.ts';
import type { Text } from '../../text/text.ts';
import type { Session } from '../session.ts';
import { choice } from './choice.ts';
import { destination } from './destination.ts';
import { file } from './file.ts';
import { flag } from './flag.ts';
import type { Asked, CommandLineInput, Given } from './input.ts';
import { names } from './names.ts';
import { password } from './password.ts';
import { paths } from './paths.ts';
import { publicKey } from './public-key.ts';
import { text } from './text.ts';

/** Every kind of input; one that the command line cannot ask for does not compile. */
const kinds: { readonly [K in InputKind]: CommandLineInput<K> } = {
  ...{ password, 'public-key': publicKey, flag, text, choice, names, paths, destination, file },
};

const kindOf = ({ kind }: Input): CommandLineInput<InputKind> => kinds[kind];

const askedBy = ({ id, inputs }: Operation, { operations }: Text): readonly Asked[] =>
  withSentences(inputs, operations[id].inputs);

const withSentences = (inputs: Inputs, sentences: Readonly<Record<string, string>>): readonly Asked[] =>
  Object.entries(inputs).map(([name, input]) => ({ name, input, sentence: sentences[name] ?? '' }));

/** Declares what names the target of an operation, and its inputs, as arguments and options. */
export const declareInputs = (parser: Argv, operation: Operation, words: Text): Argv =>
  [...withSentences(targetInputsOf(operation), words.help.options), ...askedBy(operation, words)].reduce(
    (declared, asked) => kindOf(asked.input).declare(declared, asked, words),
    parser,
  );

/** How an input is written in a manual. */
export const usageOfInput = (name: string, input: Input): string => kindOf(input).usage({ name, input });

/** How the command of an operation is written in a manual. */
export const usageOf = (operation: Operation): string => {
  const inputs = Object.entries({ ...targetInputsOf(operation), ...operation.inputs });
  return [operation.id, ...inputs.map(([name, input]) => usageOfInput(name, input))].join(' ');
};

/** Names of inputs that may stand there more than once. */
export const repeatableInputs = ({ inputs }: Operation): readonly string[] =>
  Object.entries(inputs).flatMap(([name, input]) => (kindOf(input).isRepeatable ? [name] : []));

/** Everything that an operation asks for. */
export interface ObtainedInputs {
  readonly values: Values;
  readonly generated?: Secret;
}

/**
 * Takes the inputs of an operation from the command line; those that depend on the target are asked for when it is known.
 * @throws RescueError what the kinds of input throw
 */
export const takeInputs = async (
  session: Session,
  operation: Operation,
  given: Given,
): Promise<(whom: string) => Promise<ObtainedInputs>> => {
  const taken: { readonly name: string; readonly obtain: Awaited<ReturnType<CommandLineInput<InputKind>['take']>> }[] =
    [];
  for (const asked of askedBy(operation, session.text))
    taken.push({ name: asked.name, obtain: await kindOf(asked.input).take(session, given, asked) });
  return async (whom) => {
    let values: Values = {};
    let made: Secret | undefined;
    for (const { name, obtain } of taken) {
      const { value, generated } = await obtain(whom);
      values = { ...values, [name]: value };
      made ??= generated;
    }
    return { values, ...(made && { generated: made }) };
  };
};
