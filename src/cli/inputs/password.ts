import { RescueError } from '../../model/errors.ts';
import type { CommandLineInput, Given } from './input.ts';
import { obtainPassword, type PasswordSource } from './new-password.ts';

/** Asked for, read from a file, or made up. Never an argument: other users of the machine see those. */
export const password: CommandLineInput<'password'> = {
  declare: (parser, _asked, { help: { options } }) =>
    parser
      .option('password-file', { type: 'string', requiresArg: true, describe: options['password-file'] })
      .option('generate', { type: 'boolean', describe: options.generate })
      .conflicts('generate', 'password-file'),

  usage: () => '[--password-file FILE | --generate]',

  take: async ({ context, terminal, text }, given) => {
    const source = sourceIn(given);
    if (source.kind === 'prompt' && !terminal.isInteractive) throw new RescueError('no-terminal', {});
    if (source.kind === 'generate' && terminal.isDiscarded && given['dry-run'] !== true)
      throw new RescueError('password-unseen', { reason: 'discarded' });
    return async (whom) => {
      const value = await obtainPassword(source, whom, terminal, text, context.randomBytes);
      return { value, ...(source.kind === 'generate' && { generated: value }) };
    };
  },
};

const sourceIn = (given: Given): PasswordSource => {
  if (given['generate'] === true) return { kind: 'generate' };
  const path = given['password-file'];
  return typeof path === 'string' ? { kind: 'file', path } : { kind: 'prompt' };
};
