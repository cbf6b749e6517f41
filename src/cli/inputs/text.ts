import { atOnce, type CommandLineInput, declareText, textIn, textUsage } from './input.ts';

export const text: CommandLineInput<'text'> = {
  declare: (parser, asked) => declareText(parser, asked),
  usage: (asked) => textUsage(asked, asked.input.isPositional ? asked.name.toUpperCase() : 'NAME'),
  take: async (_session, given, { name }) => atOnce(textIn(given, name)),
};
