import * as z from 'zod';
import { describing, type JobInput, unlessRequired } from './input.ts';

/** What a text could be, where it is shown as an example. */
const samples: Readonly<Record<string, string>> = { user: 'bob', id: '20261121-183000-ab12' };

export const text: JobInput<'text'> = {
  keys: (name, sentence, input) => ({ [name]: unlessRequired(input, z.string().min(1)).meta(describing(sentence)) }),
  read: (step, name) => (step[name] === undefined ? undefined : String(step[name])),
  sample: (name, sentence) => [{ text: `${name}: ${samples[name] ?? '...'}`, remark: sentence }],
};
