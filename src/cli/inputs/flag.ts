import { atOnce, type CommandLineInput } from './input.ts';

export const flag: CommandLineInput<'flag'> = {
  declare: (parser, { name, sentence }) => parser.option(name, { type: 'boolean', describe: sentence }),
  usage: ({ name }) => `[--${name}]`,
  take: async (_session, given, { name }) => atOnce(given[name] === true),
};
