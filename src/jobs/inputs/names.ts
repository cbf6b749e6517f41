import * as z from 'zod';
import { describing, type JobInput, unlessRequired } from './input.ts';

const mostNames = 100;

export const names: JobInput<'names'> = {
  keys: (name, sentence, input) => ({
    [name]: unlessRequired(input, z.array(z.string().min(1)).min(1).max(mostNames)).meta(describing(sentence)),
  }),
  read: (step, name) => textsIn(step[name]),
  sample: (name, sentence) => [{ text: `${name}: [...]`, remark: sentence, isExtra: true }],
};

const textsIn = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) ? value.map(String) : undefined;
