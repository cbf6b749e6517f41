import yargs, { type Argv } from 'yargs';
import { RescueError } from '../model/errors.ts';
import { languages } from '../text/index.ts';
import type { Text } from '../text/text.ts';
import type { CommonOptions, PasswordSource, Request } from './request.ts';

/**
 * Understands a command line; help comes back as text to show.
 * @throws RescueError usage
 */
export const parseCommandLine = async (argv: readonly string[], text: Text, version: string): Promise<Request> => {
  let request: Request | undefined;
  const parser = buildParser(text, version, (understood) => {
    request = understood;
  });
  const output = await new Promise<string>((resolve, reject) => {
    parser.parse([...argv], {}, (error, _arguments, printed) => (error ? reject(error) : resolve(printed)));
  });
  // yargs shows help or the version by itself, and then runs no command.
  if (output !== '') return { command: 'show', output };
  return request ?? { command: 'show', output: await parser.getHelp() };
};

const buildParser = (text: Text, version: string, onRequest: (request: Request) => void): Argv => {
  const { commands, options, tagline, sources, exitCodes, parser: phrases } = text.help;
  return (
    yargs()
      .scriptName('sparekey')
      .detectLocale(false)
      // Its declared type knows only plain strings; counted phrases are pairs (y18n).
      .updateStrings(phrases as unknown as Record<string, string>)
      .usage(`sparekey — ${tagline}`)
      .command('scan', commands.scan, withCommon(text), (args) => onRequest({ command: 'scan', ...common(args) }))
      .command(
        'reset-password',
        commands['reset-password'],
        (parser) =>
          withCommon(text)(parser)
            .option('user', { type: 'string', demandOption: true, requiresArg: true, describe: options.user })
            .option('password-file', { type: 'string', requiresArg: true, describe: options['password-file'] })
            .option('generate', { type: 'boolean', describe: options.generate })
            .option('unlock', { type: 'boolean', describe: options.unlock })
            .conflicts('generate', 'password-file'),
        (args) =>
          onRequest({
            command: 'reset-password',
            ...common(args),
            user: args.user,
            password: passwordSource(args.generate === true, args.passwordFile),
            unlock: args.unlock === true,
          }),
      )
      .command(
        'undo [id]',
        commands.undo,
        (parser) =>
          withCommon(text)(parser)
            .positional('id', { type: 'string', describe: options.id })
            .option('force', { type: 'boolean', describe: options.force }),
        (args) => onRequest({ command: 'undo', ...common(args), id: args.id, force: args.force === true }),
      )
      .epilogue(`${sources}\n${exitCodes}`)
      .help('help', options.help)
      .version('version', options.version, `sparekey ${version}`)
      .strict()
      .recommendCommands()
      .parserConfiguration({ 'parse-numbers': false, 'parse-positional-numbers': false })
      .wrap(100)
      .exitProcess(false)
      .fail((message, error) => {
        throw new RescueError('usage', { message: message ?? error.message }, { cause: error });
      })
  );
};

interface CommonArguments {
  readonly disk: string[] | undefined;
  readonly on: string | undefined;
  readonly yes: boolean | undefined;
  readonly dryRun: boolean | undefined;
  readonly json: boolean | undefined;
  readonly color: boolean | undefined;
}

const withCommon =
  ({ help: { options, givenTwice } }: Text) =>
  <T>(parser: Argv<T>) =>
    parser
      .option('disk', { type: 'string', array: true, nargs: 1, describe: options.disk })
      .option('on', { type: 'string', requiresArg: true, describe: options.on })
      .option('yes', { type: 'boolean', describe: options.yes })
      .option('dry-run', { type: 'boolean', describe: options['dry-run'] })
      .option('json', { type: 'boolean', describe: options.json })
      .option('lang', { choices: languages, requiresArg: true, describe: options.lang })
      .option('color', { type: 'boolean', describe: options.color })
      .check((args) => {
        // Given twice, an option that names one thing would be a guess.
        const repeated = Object.entries(args).find(
          ([name, value]) => Array.isArray(value) && !['_', 'disk'].includes(name),
        );
        if (repeated) throw new Error(givenTwice(`--${repeated[0]}`));
        return true;
      });

const common = ({ disk, on, yes, dryRun, json, color }: CommonArguments): CommonOptions => ({
  disk: disk ?? [],
  on,
  yes: yes === true,
  dryRun: dryRun === true,
  json: json === true,
  color: color !== false,
});

const passwordSource = (generate: boolean, path: string | undefined): PasswordSource => {
  if (generate) return { kind: 'generate' };
  return path === undefined ? { kind: 'prompt' } : { kind: 'file', path };
};
