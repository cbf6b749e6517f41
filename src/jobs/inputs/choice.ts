import * as z from 'zod';
import { describing, type JobInput } from './input.ts';

export const choice: JobInput<'choice'> = {
  keys: (name, sentence, input) => {
    const among = input.kind === 'choice' ? input.among : [''];
    return { [name]: z.enum(among).optional().meta(describing(sentence)) };
  },
  read: (step, name) => (step[name] === undefined ? undefined : String(step[name])),
  sample: (name, sentence) => [{ text: `${name}: ...`, remark: sentence, isExtra: true }],
};
