import * as z from 'zod';

/*
 * What a job file may hold. This is the one place: the parser checks against it, refusals quote from it what would be
 * accepted, and the JSON Schema that editors complete by is generated from it.
 */

/** The keys of which a reset-password step has exactly one. */
export const passwordKeys = ['password', 'password-hash', 'generate'] as const;

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

export const resetPasswordSchema = z
  .strictObject({
    on: on.optional(),
    user: z.string().min(1).meta({ description: 'The account.' }),
    password: z.string().optional().meta({ description: 'The new password, in quotes. Struck out after the run.' }),
    'password-hash': z
      .string()
      .optional()
      .meta({ description: 'Instead of the password: its hash, as `sparekey hash` makes it.' }),
    generate: z
      .literal(true)
      .optional()
      .meta({ description: 'Instead of a password: one is made up, and stands in the report.' }),
    unlock: z
      .boolean()
      .optional()
      .meta({ description: 'Also lift a lock that stands on the account, or give it its first password.' }),
  })
  .check(exactlyOneOf(passwordKeys))
  .meta({
    description: 'A new password for one account.',
    oneOf: [{ required: ['password'] }, { required: ['password-hash'] }, { required: ['generate'] }],
  });

export const authorizeKeySchema = z
  .strictObject({
    on: on.optional(),
    user: z.string().min(1).meta({ description: 'The account.' }),
    key: z.string().min(1).meta({ description: 'The public key: the one line of id_ed25519.pub, in quotes.' }),
  })
  .meta({ description: 'Let an SSH key in, for one account.' });

export const undoSchema = z
  .strictObject({
    on: on.optional(),
    id: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'The run to undo, as the report names it; may be left out when there is only one.' }),
    force: z.boolean().optional().meta({ description: 'Put back even files that were changed since.' }),
  })
  .meta({ description: 'Put back what an earlier run replaced.' });

export const recoverSchema = z
  .strictObject({
    on: on.optional(),
    paths: z
      .array(z.string().startsWith('/'))
      .min(1)
      .max(100)
      .meta({ description: 'Files and folders to copy, from the top of the volume: /supervisor/backup.' }),
    to: z.literal('stick').meta({
      description:
        'Where to: a folder on the partition SPAREKEY of the stick, or, with `sparekey run`, beside the job file.',
    }),
  })
  .meta({ description: 'Copy files and folders out, with checksums.' });

const steps = {
  'reset-password': resetPasswordSchema.optional(),
  'authorize-key': authorizeKeySchema.optional(),
  recover: recoverSchema.optional(),
  undo: undoSchema.optional(),
};

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
