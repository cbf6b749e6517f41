import { atOnce, type CommandLineInput, declareText, textsIn, textUsage } from './input.ts';

export const paths: CommandLineInput<'paths'> = {
  declare: (parser, asked) => declareText(parser, asked, { array: true }),
  usage: (asked) => textUsage(asked, 'PATH…'),
  take: async (_session, given, { name }) => atOnce(textsIn(given, name)),
  isRepeatable: true,
};
