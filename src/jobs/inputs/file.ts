import * as z from 'zod';
import { describing, type JobInput, unlessRequired } from './input.ts';

/** A file in the folder of the job, by its name. */
export const file: JobInput<'file'> = {
  keys: (name, sentence, input) => ({
    [name]: unlessRequired(input, z.string().min(1)).meta(describing(sentence, ': a file beside this one')),
  }),
  read: (step, name) => (step[name] === undefined ? undefined : String(step[name])),
  sample: (name, sentence) => [{ text: `${name}: ...`, remark: sentence, isExtra: true }],
};
