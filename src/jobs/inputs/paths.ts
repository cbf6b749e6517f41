import * as z from 'zod';
import { describing, type JobInput, unlessRequired } from './input.ts';

const mostPaths = 100;

export const paths: JobInput<'paths'> = {
  keys: (name, sentence, input) => ({
    [name]: unlessRequired(input, z.array(z.string().startsWith('/')).min(1).max(mostPaths)).meta(
      describing(sentence, ', from its top: /supervisor/backup'),
    ),
  }),
  read: (step, name) => {
    const value = step[name];
    return Array.isArray(value) ? value.map(String) : undefined;
  },
  sample: (name) => [{ text: `${name}: [/supervisor/backup]` }],
};
