import * as z from 'zod';
import { parsePublicKey } from '../../formats/public-key.ts';
import { RescueError } from '../../model/errors.ts';
import { describing, type JobInput } from './input.ts';

/** A key, or the name of a file beside the job that holds it: exactly one of two keys. */
export const publicKey: JobInput<'public-key'> = {
  keys: (name, sentence) => ({
    [name]: z.string().min(1).optional().meta(describing(sentence, ': the one line of id_ed25519.pub, in quotes')),
    [`${name}-file`]: z
      .string()
      .min(1)
      .optional()
      .meta(describing('Instead of the key: the name of a file beside this one, such as id_ed25519.pub')),
  }),
  problemOf: (key, value) => {
    if (key.endsWith('-file')) return undefined;
    return 'key' in parsePublicKey(Buffer.from(value)) ? undefined : 'bad-key';
  },
  read: (step, name) => {
    const fileName = step[`${name}-file`];
    if (typeof fileName === 'string') return { fileName };
    const parsed = parsePublicKey(Buffer.from(String(step[name])));
    return 'key' in parsed ? parsed.key : undefined;
  },
  resolve: async (kept, { readBeside }) => {
    if (!('fileName' in kept)) return kept;
    const parsed = parsePublicKey(await readBeside(kept.fileName));
    if ('flaw' in parsed) throw new RescueError('key-unusable', { flaw: parsed.flaw });
    return parsed.key;
  },
  sample: (name) => [
    {
      text: `${name}: "ssh-ed25519 AAAA... bob@laptop"`,
      remark: 'the one line of id_ed25519.pub; never the private key',
    },
    { text: `${name}-file: id_ed25519.pub`, remark: 'instead: a file beside this one', isInstead: true },
  ],
};
