import { run } from './tools.ts';

/**
 * crypt(3) of the machine's own libcrypt, by way of perl: an implementation of every scheme that is not ours.
 * @param setting a whole hash, or its beginning up to the salt
 */
export const crypt = (password: string | Uint8Array, setting: string): string =>
  run('perl', ['-e', 'local $/; binmode STDIN; print crypt(<STDIN>, $ARGV[0]) // "*0"', setting], password);

/** The same for many passwords in one process. */
export const cryptAll = (pairs: readonly (readonly [password: Uint8Array, setting: string])[]): readonly string[] => {
  const program =
    'while (<STDIN>) { chomp; my ($hex, $setting) = split / /; print crypt(pack("H*", $hex), $setting) // "*0", "\\n" }';
  const lines = pairs.map(([password, setting]) => `${Buffer.from(password).toString('hex')} ${setting}\n`);
  return run('perl', ['-e', program], lines.join('')).trimEnd().split('\n');
};

/** Whether libcrypt finds that the password opens the hash. */
export const opensHash = (password: string | Uint8Array, hash: string): boolean =>
  hash.startsWith('$') && crypt(password, hash) === hash;
