import * as z from 'zod';
import { describing, type JobInput, unlessRequired } from './input.ts';

const mostNames = 100;

const list = z.array(z.string().min(1)).min(1).max(mostNames);

export const names: JobInput<'names'> = {
  keys: (name, sentence, input) => ({
    [name]: unlessRequired(input, z.union([z.literal('all'), list])).meta(describing(sentence)),
  }),
  read: (step, name) => textsIn(step[name]),
  sample: (name, sentence) => [{ text: `${name}: all`, remark: sentence, isExtra: true }],
};

const textsIn = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) || value === 'all' ? [value].flat().map(String) : undefined;
