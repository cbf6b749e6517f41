import { named } from '../names.ts';

/** The kernel's answer (errno(3)) in words where people meet it: a damaged or encrypted file system. */
export const reasonOf = (code: string): string => words[code] ?? named(code);

const words: Readonly<Record<string, string>> = {
  'not-a-file': 'it is a link, or no plain file of its own',
  ENOENT: 'it is not there',
  EUCLEAN: 'the file system is damaged there',
  EBADMSG: 'its checksum is wrong',
  ENOKEY: 'it is encrypted, and the key is not here',
  ETIMEDOUT: 'it did not answer for a minute',
};
