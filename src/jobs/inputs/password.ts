import * as z from 'zod';
import { cryptScheme } from '../../formats/crypt-hash.ts';
import { longestPasswordBytes } from '../../formats/password-policy.ts';
import { PasswordHash, Secret } from '../../model/secret.ts';
import { describing, type JobInput } from './input.ts';

/** A password, its hash, or a wish for one: exactly one of three keys. */
export const password: JobInput<'password'> = {
  keys: (_name, sentence) => ({
    password: z.string().optional().meta(describing(sentence, ', in quotes. Struck out after the run')),
    'password-hash': z
      .string()
      .optional()
      .meta(describing('Instead of the password: its hash, as `sparekey hash` makes it')),
    generate: z
      .literal(true)
      .optional()
      .meta(describing('Instead of a password: one is made up, and stands in the report')),
  }),
  secretKeys: ['password', 'password-hash'],
  problemOf: (key, value, written) => {
    if (key === 'generate') return undefined;
    if (/^\*+$/.test(value)) return 'struck-out';
    if (key === 'password-hash')
      return cryptScheme(value) === undefined || /[\r\n]/.test(written) ? 'bad-hash' : undefined;
    const isUsable =
      value !== '' && !/[\r\n\0]/.test(value + written) && Buffer.byteLength(value) <= longestPasswordBytes;
    return isUsable ? undefined : 'bad-password';
  },
  read: (step) => {
    if (step['password'] !== undefined) return new Secret(String(step['password']));
    return step['password-hash'] === undefined ? 'generate' : new PasswordHash(String(step['password-hash']));
  },
  resolve: async (kept, { generated }) => {
    if (kept !== 'generate') return kept;
    if (generated === undefined) throw new Error('no password was made up for this step');
    return generated;
  },
  sample: () => [
    { text: 'password: "a new password"', remark: 'in quotes; struck out after the run' },
    {
      text: 'password-hash: "$6$..."',
      remark: 'instead: what `sparekey hash` prints, and no password lies on the stick',
      isInstead: true,
    },
    { text: 'generate: true', remark: 'instead: one is made up, and stands in the report', isInstead: true },
  ],
};
