import { parsePublicKey } from '../../formats/public-key.ts';
import { isRescueError, RescueError } from '../../model/errors.ts';
import type { PublicKey } from '../../model/public-key.ts';
import type { Terminal } from '../../model/terminal.ts';
import type { Text } from '../../text/text.ts';
import { atOnce, type CommandLineInput, declareText, textIn } from './input.ts';

/** In a file, on standard input where the file is called `-`, or pasted where none is named. */
export const publicKey: CommandLineInput<'public-key'> = {
  declare: (parser, { input: { isRequired: _, ...input }, ...asked }, { inputs }) =>
    declareText(parser, { ...asked, input, sentence: `${asked.sentence}: ${inputs.cli['public-key']}` }),
  usage: ({ name }) => `[--${name} FILE]`,
  take: async ({ terminal, text }, given, { name }) => atOnce(await obtain(textIn(given, name), terminal, text)),
};

/** @throws RescueError key-unusable, key-file */
const obtain = async (path: string | undefined, terminal: Terminal, { run }: Text): Promise<PublicKey> => {
  const isAsked = path === undefined && terminal.isInteractive;
  const pasted = isAsked ? await terminal.ask(run.pasteKey) : undefined;
  const parsed = parsePublicKey(path === undefined ? Buffer.from(pasted ?? '') : await readKeyFile(path, terminal));
  if ('flaw' in parsed) throw new RescueError('key-unusable', { flaw: parsed.flaw });
  return parsed.key;
};

const readKeyFile = async (path: string, terminal: Terminal): Promise<Uint8Array> => {
  try {
    return await terminal.readSmallFile(path);
  } catch (error) {
    if (!isRescueError(error) || error.code !== 'password-file') throw error;
    throw new RescueError('key-file', error.details, { cause: error });
  }
};
