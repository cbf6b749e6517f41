import * as z from 'zod';
import { isIn, type OperationIn, operations } from '../../operations/index.ts';
import { textFor } from '../../text/index.ts';
import { inputsOfStep, keysOf } from '../inputs/index.ts';
import type { Fields } from '../inputs/input.ts';
import { keyFields, keyNames } from './keys.ts';

/*
 * What a job file may hold. The steps are made of the registry of operations. The parser checks against this, refusals
 * quote from it what would be accepted, and the JSON Schema that editors complete by is generated from it.
 */

/** A check that exactly one of some keys is there. */
const exactlyOneOf = (keys: readonly string[]) => (context: z.core.ParsePayload<object>) => {
  const given = keys.filter((key) => key in context.value);
  if (given.length !== 1) context.issues.push({ code: 'custom', input: context.value, params: { keys } });
};

/** A day: nobody waits longer for a disk. */
const longestWaitSeconds = 86_400;

const on = z
  .string()
  .min(1)
  .meta({
    description:
      'Which volume or system: LABEL=hassos-data, PARTLABEL=…, UUID=…, sda2, or a system id from a report. May be left out where only one has such an account.',
    examples: ['LABEL=hassos-data'],
  });

/** The step of an operation; of an input that has several keys, exactly one has to be there. */
const schemaOf = (operation: OperationIn<'jobs'>) => {
  const asked = inputsOfStep(operation);
  const groups = asked
    .filter(({ input }) => input.isRequired)
    .map((each) => Object.keys(keysOf(each)))
    .filter((keys) => keys.length > 1);
  const alternatives = groups.map((keys) => ({ oneOf: keys.map((key) => ({ required: [key] })) }));
  const [only, ...others] = alternatives;
  return groups
    .reduce(
      (schema, keys) => schema.check(exactlyOneOf(keys)),
      z.strictObject({ on: on.optional(), ...Object.assign({}, ...asked.map(keysOf)) }),
    )
    .meta({
      ...{ description: `${textFor('en').operations[operation.id].help}.` },
      ...(others.length > 0 ? { allOf: alternatives } : only),
    });
};

const steps: Readonly<Record<string, z.ZodType<Fields | undefined>>> = Object.fromEntries(
  operations.filter(isIn('jobs')).map((operation) => [operation.id, schemaOf(operation).optional()]),
);

const stepSchema = z
  .strictObject(steps)
  .check(exactlyOneOf(Object.keys(steps)))
  .meta({ description: 'One thing to do.', minProperties: 1, maxProperties: 1 });

export const jobSchema = z
  .strictObject({
    version: z.literal(1).meta({ description: 'The format of this file.' }),
    name: z.string().min(1).optional().meta({ description: 'A name for the report.' }),
    language: z.enum(['en', 'fr']).optional().meta({ description: 'The language of the report.' }),
    wait: z.int().min(0).max(longestWaitSeconds).optional().meta({
      description:
        'Seconds to wait for a disk that fits: 30 unless told, none with `sparekey run`. With swap, how long there is for each exchange of cards: 300 unless told.',
    }),
    swap: z
      .boolean()
      .optional()
      .meta({ description: 'For boards with a single card slot: wait for the cards to be exchanged, and back.' }),
    open: z
      .array(z.strictObject({ ...keyFields, on: on.optional() }).check(exactlyOneOf(keyNames)))
      .min(1)
      .max(100)
      .optional()
      .meta({
        description:
          'What encrypted volumes are opened with: a list, each with `passphrase` or `key-file`, and `on` if it is for one volume only; else it is tried on each that is closed.',
      }),
    steps: z.array(stepSchema).min(1).max(100).meta({
      description: 'What to do. All steps are planned before the first is carried out; one that fails ends the run.',
    }),
    // biome-ignore lint/suspicious/noThenProperty: the file's own word, and never a function
    then: z.enum(['poweroff', 'reboot', 'stay']).optional().meta({
      description:
        'How the rescue machine is left; poweroff unless told. A computer that runs its own system is left alone.',
    }),
  })
  .meta({ title: 'Sparekey job file', description: 'sparekey.yaml, at the top of a Sparekey stick' });

/** A JSON Schema (draft 2020-12), as far as this program reads it itself. */
export interface SchemaNode {
  readonly description?: string;
  readonly type?: string;
  readonly pattern?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
}

/** The same as JSON Schema, for editors. */
export const jobJsonSchema = (): SchemaNode => z.toJSONSchema(jobSchema) as SchemaNode;
