import { run } from './tools.ts';

/**
 * crypt(3) of the machine's own libcrypt, by way of perl: an implementation of every scheme that is not ours.
 * @param setting a whole hash, or its beginning up to the salt
 */
export const crypt = (password: string | Uint8Array, setting: string): string =>
  run('perl', ['-e', 'local $/; binmode STDIN; print crypt(<STDIN>, $ARGV[0]) // "*0"', setting], password);

/** Whether libcrypt finds that the password opens the hash. */
export const opensHash = (password: string | Uint8Array, hash: string): boolean =>
  hash.startsWith('$') && crypt(password, hash) === hash;
