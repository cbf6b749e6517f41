import { generatePassword } from '../../formats/generated-password.ts';
import { longestPasswordBytes } from '../../formats/password-policy.ts';
import { RescueError } from '../../model/errors.ts';
import { Secret } from '../../model/secret.ts';
import type { Terminal } from '../../model/terminal.ts';
import type { Text } from '../../text/text.ts';

/** Where the new password comes from. */
export type PasswordSource =
  | { readonly kind: 'prompt' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'generate' };

/**
 * The new password, from wherever it was said to come.
 * @throws RescueError no-terminal, password-empty, password-mismatch, password-unusable, password-file
 */
export const obtainPassword = async (
  source: PasswordSource,
  user: string,
  terminal: Terminal,
  text: Text,
  randomBytes: (count: number) => Uint8Array,
): Promise<Secret> => {
  switch (source.kind) {
    case 'generate':
      return new Secret(generatePassword(randomBytes));
    case 'file':
      return checked(firstLine(await terminal.readSmallFile(source.path)));
    case 'prompt':
      return checked(await promptTwice(user, terminal, text));
  }
};

const promptTwice = async (user: string, terminal: Terminal, { run }: Text): Promise<string> => {
  if (!terminal.isInteractive) throw new RescueError('no-terminal', {});
  const [password, repeated] = await terminal.askSecrets([run.newPassword(user), run.repeatPassword]);
  if (password === undefined) throw new RescueError('password-empty', {});
  if (password !== repeated) throw new RescueError('password-mismatch', {});
  return password;
};

/** The line alone, without its ending or the mark that Windows editors put in front; more text below it would be a mistake. */
const firstLine = (content: Uint8Array): string => {
  const [line = '', ...rest] = decode(content).split(/\r?\n/);
  if (rest.some((other) => other !== '')) throw new RescueError('password-unusable', { reason: 'newline' });
  return line;
};

const decode = (content: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (error) {
    throw new RescueError('password-unusable', { reason: 'not-utf8' }, { cause: error });
  }
};

const checked = (password: string): Secret => {
  if (password === '') throw new RescueError('password-empty', {});
  if (/[\r\n]/.test(password)) throw new RescueError('password-unusable', { reason: 'newline' });
  if (password.includes('\0')) throw new RescueError('password-unusable', { reason: 'nul' });
  if (Buffer.byteLength(password) > longestPasswordBytes)
    throw new RescueError('password-unusable', { reason: 'too-long' });
  return new Secret(password);
};
