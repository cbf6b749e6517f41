import yargs from 'yargs';
import { RescueError } from '../model/errors.ts';
import type { Text } from '../text/text.ts';
import type { Invocation } from './command.ts';
import { commands } from './commands/index.ts';

/** What a command line comes to: something to run, or a text to show. */
export type Parsed = Invocation | { readonly output: string };

/**
 * Understands a command line; help and the version come back as text to show.
 * @throws RescueError usage
 */
export const parseCommandLine = async (argv: readonly string[], text: Text, version: string): Promise<Parsed> => {
  let invocation: Invocation | undefined;
  const parser = createParser(text, version);
  for (const command of commands)
    command.register(parser, text, (understood) => {
      invocation = understood;
    });
  const output = await new Promise<string>((resolve, reject) => {
    parser.parse([...argv], {}, (error, _arguments, printed) => (error ? reject(error) : resolve(printed)));
  });
  // yargs prepares help or the version by itself, and then runs no command.
  if (output !== '') return { output };
  return invocation ?? { output: await parser.getHelp() };
};

const createParser = ({ help }: Text, version: string) =>
  yargs()
    .scriptName('sparekey')
    .detectLocale(false)
    // Its declared type knows only plain strings; counted phrases are pairs (y18n).
    .updateStrings(help.parser as unknown as Record<string, string>)
    .usage(`sparekey — ${help.tagline}`)
    .epilogue(`${help.sources}\n${help.exitCodes}`)
    .help('help', help.options.help)
    .version('version', help.options.version, `sparekey ${version}`)
    .strict()
    .recommendCommands()
    .parserConfiguration({
      'parse-numbers': false,
      'parse-positional-numbers': false,
      // `--user.x` is an option that nobody knows, not a user with an x in it.
      'dot-notation': false,
    })
    .wrap(100)
    .exitProcess(false)
    .fail((message, error) => {
      throw new RescueError('usage', { message: message ?? error.message }, { cause: error });
    });
