import type { ArgumentsCamelCase, Argv } from 'yargs';
import type { ExitCode } from '../model/errors.ts';
import { languages } from '../text/index.ts';
import type { Text } from '../text/text.ts';
import { keyOptions, withKeys } from './keys.ts';
import type { DeclaredOptions, Session } from './session.ts';

/** One command of the command line: its place in --help, its options, and what it does. */
export interface Command {
  readonly register: (parser: Argv, text: Text, onInvocation: (invocation: Invocation) => void) => Argv;
}

/** A command line that was understood. */
export interface Invocation {
  readonly isJson: boolean;
  /** Resolves to an exit code where a result that was printed is not a plain success. */
  readonly run: (session: Session) => Promise<ExitCode | undefined>;
}

/**
 * A command that is no operation. Ties its options to what it does, so that the compiler holds the one against the other.
 */
export const defineCommand = <Options extends DeclaredOptions>(definition: {
  /** As yargs wants it: `undo [id]`. */
  readonly syntax: string;
  readonly name: keyof Text['help']['commands'];
  readonly options: (parser: Argv<DeclaredOptions>, words: Text['help']['options']) => Argv<Options>;
  readonly run: (
    session: Session,
    options: ArgumentsCamelCase<Options>,
  ) => Promise<void> | Promise<ExitCode | undefined>;
}): Command => ({
  register: (parser, text, onInvocation) =>
    parser.command(
      definition.syntax,
      text.help.commands[definition.name],
      (own) => definition.options(withCommonOptions(own, text), text.help.options),
      (options) =>
        onInvocation({
          isJson: options.json === true,
          run: async (session) => (await definition.run(await withKeys(session, options), options)) ?? undefined,
        }),
    ),
});

/**
 * Declares the options of every command.
 * @param repeatable arguments of this one that may stand there more than once
 * @param own names of its own options, which mean what they mean there: `--key-file` of `backups` is a backup's key
 */
export const withCommonOptions = (
  parser: Argv,
  { help: { options, givenTwice } }: Text,
  repeatable: readonly string[] = [],
  own: readonly string[] = [],
): Argv<DeclaredOptions> =>
  withKeyFiles(parser, own, options['key-file'])
    .option('disk', { type: 'string', array: true, nargs: 1, describe: options.disk })
    .option('on', { type: 'string', requiresArg: true, describe: options.on })
    .option('passphrase-file', { type: 'string', array: true, nargs: 1, describe: options['passphrase-file'] })
    .option('yes', { type: 'boolean', describe: options.yes })
    .option('dry-run', { type: 'boolean', describe: options['dry-run'] })
    .option('json', { type: 'boolean', describe: options.json })
    .option('lang', { choices: languages, requiresArg: true, describe: options.lang })
    .option('color', { type: 'boolean', describe: options.color })
    .check((given) => {
      // Given twice, an option that names one thing would be a guess.
      const several = keyOptions.filter((name) => !own.includes(name) && !own.includes(kebab(name)));
      const repeated = Object.entries(given).find(
        ([name, value]) => Array.isArray(value) && !['_', 'disk', ...several, ...repeatable].includes(name),
      );
      if (repeated) throw new Error(givenTwice(`--${repeated[0]}`));
      return true;
    });

/** keyFile, as yargs calls it as well, is key-file. */
const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

type KeyFiles = Pick<DeclaredOptions, 'key-file'>;

const withKeyFiles = (parser: Argv, own: readonly string[], describe: string): Argv<KeyFiles> =>
  own.includes('key-file')
    ? (parser as Argv<KeyFiles>)
    : parser.option('key-file', { type: 'string', array: true, nargs: 1, describe });
