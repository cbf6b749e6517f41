import type { Passphrases } from '../engine/context.ts';
import { VolumeKey } from '../model/secret.ts';
import type { Terminal } from '../model/terminal.ts';
import type { Text } from '../text/text.ts';
import type { CommonOptions, Session } from './session.ts';

/** Options by which encrypted volumes are opened; they may stand there more than once. */
export const keyOptions = ['passphrase-file', 'key-file', 'passphraseFile', 'keyFile'];

/**
 * The same session with what opens encrypted volumes: from files, and from whoever sits at the terminal.
 * @throws RescueError password-file
 */
export const withKeys = async (session: Session, options: CommonOptions): Promise<Session> => {
  const { context, terminal, text } = session;
  const passphrases = await readAll(terminal, options['passphrase-file'] ?? []);
  const given: unknown = options['key-file'];
  // A command may have a --key-file of its own, which opens no volume.
  const keyFiles = await readAll(terminal, Array.isArray(given) ? given.map(String) : []);
  context.storage.addKeys([...passphrases.map(firstLine), ...keyFiles].map((bytes) => VolumeKey.of(bytes)));
  if (!terminal.isInteractive || options.json === true) return session;
  return { ...session, context: { ...context, passphrases: askAt(terminal, text) } };
};

/** One after the other: two may be standard input. */
const readAll = async (terminal: Terminal, paths: readonly string[]): Promise<readonly Uint8Array[]> => {
  const all: Uint8Array[] = [];
  for (const path of paths) all.push(await terminal.readSmallFile(path));
  return all;
};

/** Without its ending, which editors and echo put there, and which nobody types. */
const firstLine = (bytes: Uint8Array): Uint8Array => {
  const at = bytes.indexOf(10);
  const line = at < 0 ? bytes : bytes.subarray(0, at);
  return line.at(-1) === 13 ? line.subarray(0, -1) : line;
};

/** Who gives none once is not asked again. */
const askAt = (terminal: Terminal, { run }: Text): Passphrases => {
  let isDeclined = false;
  return {
    ask: async (selectors, isAgain) => {
      if (isDeclined) return undefined;
      const [typed] = await terminal.askSecrets([run.passphrase(selectors, isAgain)]);
      isDeclined = typed === undefined || typed === '';
      return isDeclined ? undefined : VolumeKey.of(Buffer.from(typed ?? ''));
    },
  };
};
