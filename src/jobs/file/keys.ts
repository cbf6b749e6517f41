import * as z from 'zod';
import type { JobProblemKind } from '../../model/job.ts';
import { VolumeKey } from '../../model/secret.ts';
import type { Fields } from '../inputs/input.ts';
import type { JobKey } from '../job.ts';

/** Longer ones are taken by no prompt (cryptsetup(8), NOTES ON PASSPHRASE PROCESSING). */
const longestBytes = 512;

const passphraseKey = 'passphrase';
export const keyNames = [passphraseKey, 'key-file'];

/** Whether a value opens an encrypted volume: it has to be struck out after the run. */
export const isPassphraseKey = (key: string): boolean => key === passphraseKey;

/** One entry of `open`, without the check that exactly one of its keys is there. */
export const keyFields = {
  passphrase: z.string().optional().meta({
    description: 'The passphrase of an encrypted volume, in quotes. Struck out after the run.',
  }),
  'key-file': z.string().min(1).optional().meta({
    description: 'Instead of a passphrase: a key file beside the job, of which every byte counts.',
  }),
};

/** What is wrong with a passphrase that the schema takes. @param written as it stands in the file */
export const problemWithPassphrase = (value: string, written: string): JobProblemKind | undefined => {
  if (/^\*+$/.test(value)) return 'struck-out';
  const isUsable = value !== '' && !/[\r\n\0]/.test(value + written) && Buffer.byteLength(value) <= longestBytes;
  return isUsable ? undefined : 'bad-password';
};

/** What an entry of `open` says. */
export const readKey = (fields: Fields): JobKey => {
  const place = typeof fields['on'] === 'string' ? { on: fields['on'] } : {};
  return fields[passphraseKey] === undefined
    ? { ...place, key: { fileName: String(fields['key-file']) } }
    : { ...place, key: VolumeKey.of(Buffer.from(String(fields[passphraseKey]))) };
};
