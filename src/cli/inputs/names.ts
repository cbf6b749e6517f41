import { atOnce, type CommandLineInput, declareText, textsIn, textUsage } from './input.ts';

export const names: CommandLineInput<'names'> = {
  declare: (parser, asked) => declareText(parser, asked, { array: true }),
  usage: (asked) => textUsage(asked, 'NAME…'),
  take: async (_session, given, { name }) => {
    const texts = textsIn(given, name);
    return atOnce(texts.length > 0 ? texts : undefined);
  },
  isRepeatable: true,
};
