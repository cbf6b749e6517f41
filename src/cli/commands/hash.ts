import { bcryptHash } from '../../formats/bcrypt.ts';
import { encodeBytes } from '../../formats/bytes.ts';
import { shaCrypt, shaSalt } from '../../formats/sha-crypt.ts';
import { defineCommand } from '../command.ts';
import { obtainPassword, type PasswordSource } from '../inputs/new-password.ts';

/** The hash of a password, for a job file's password-hash. */
export const hashCommand = defineCommand({
  syntax: 'hash',
  name: 'hash',
  options: (parser, words) =>
    parser
      .option('for', { choices: ['linux', 'home-assistant'] as const, default: 'linux', describe: words.for })
      .option('password-file', { type: 'string', requiresArg: true, describe: words['password-file'] }),
  run: async ({ context: { randomBytes }, terminal, text }, { for: realm, passwordFile: path }) => {
    const source: PasswordSource = path === undefined ? { kind: 'prompt' } : { kind: 'file', path };
    const password = (await obtainPassword(source, realm, terminal, text, randomBytes)).reveal();
    terminal.print(
      realm === 'linux'
        ? shaCrypt(encodeBytes(password), { scheme: 'sha512crypt', salt: shaSalt(randomBytes) })
        : await bcryptHash(password, randomBytes),
    );
  },
});
