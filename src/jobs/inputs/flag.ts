import * as z from 'zod';
import { describing, type JobInput } from './input.ts';

export const flag: JobInput<'flag'> = {
  keys: (name, sentence) => ({ [name]: z.boolean().optional().meta(describing(sentence)) }),
  read: (step, name) => step[name] === true,
  sample: (name, sentence) => [{ text: `${name}: true`, remark: sentence, isExtra: true }],
};
