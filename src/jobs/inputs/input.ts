import type * as z from 'zod';
import type { JobProblemKind } from '../../model/job.ts';
import type { Secret } from '../../model/secret.ts';
import type { Input, InputKind, InputValues } from '../../operations/inputs.ts';
import type { JobValues } from '../job.ts';

/** What stands in a step of a job file. */
export type Fields = Readonly<Record<string, unknown>>;

/** What it takes to get at a value that a job file only stands for. */
export interface InputTools {
  /** A small file beside the job. @throws RescueError key-file */
  readonly readBeside: (name: string) => Promise<Uint8Array>;
  /** The password that was made up for the step. */
  readonly generated: Secret | undefined;
}

/** One kind of input in a job file. */
export interface JobInput<K extends InputKind> {
  /** The keys that it takes in a step, and what may stand behind each; all of them optional where it has several. */
  readonly keys: (name: string, sentence: string, input: Input) => Readonly<Record<string, z.ZodType>>;
  /** Keys whose values are struck out after the run. */
  readonly secretKeys?: readonly string[];
  /** What is wrong with a value that the schema takes. @param written as it stands in the file, quotes included */
  readonly problemOf?: (key: string, value: string, written: string) => JobProblemKind | undefined;
  /** What the step keeps of it. Called only where the schema and `problemOf` have nothing against it. */
  readonly read: (step: Fields, name: string) => JobValues[K] | undefined;
  /** The value itself, where the step keeps something that stands for it. @throws RescueError key-file, key-unusable */
  readonly resolve?: (kept: JobValues[K], tools: InputTools) => Promise<InputValues[K]>;
  /** How it stands in the example that people start from. */
  readonly sample: (name: string, sentence: string) => readonly SampleLine[];
}

/** One line of the example. */
export interface SampleLine {
  readonly text: string;
  readonly remark?: string;
  /** It can be left out. */
  readonly isExtra?: true;
  /** It takes the place of the line before. */
  readonly isInstead?: true;
}

/** `Sentence.`, with more behind it. */
export const describing = (sentence: string, more = ''): { readonly description: string } => ({
  description: `${sentence}${more}.`,
});

/** As it is, or optional where the operation can do without it. */
export const unlessRequired = <T extends z.ZodType>({ isRequired }: Input, schema: T): T | z.ZodOptional<T> =>
  isRequired ? schema : (schema.optional() as z.ZodOptional<T>);
