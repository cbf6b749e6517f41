import * as z from 'zod';
import { describing, type JobInput, unlessRequired } from './input.ts';

/** A job copies to nowhere but its own medium. */
export const destination: JobInput<'destination'> = {
  keys: (name, sentence, input) => ({
    [name]: unlessRequired(input, z.literal('stick')).meta(
      describing(
        sentence,
        ': a folder on the partition SPAREKEY of the stick, or, with `sparekey run`, beside the job file',
      ),
    ),
  }),
  read: (step, name) => (step[name] === undefined ? undefined : String(step[name])),
  sample: (name) => [{ text: `${name}: stick`, remark: 'onto its partition SPAREKEY' }],
};
