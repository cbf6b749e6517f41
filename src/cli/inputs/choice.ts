import { atOnce, type CommandLineInput, textIn } from './input.ts';

export const choice: CommandLineInput<'choice'> = {
  declare: (parser, { name, input, sentence }) => {
    const among = input.kind === 'choice' ? input.among : [];
    const words = { choices: among, default: among[0], describe: sentence } as const;
    return input.isPositional ? parser.positional(name, words) : parser.option(name, words);
  },
  usage: ({ name, input }) => {
    const among = input.kind === 'choice' ? input.among.join('|') : '';
    return input.isPositional ? `[${among}]` : `[--${name} ${among}]`;
  },
  take: async (_session, given, { name }) => atOnce(textIn(given, name)),
};
