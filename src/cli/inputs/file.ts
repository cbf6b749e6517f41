import { atOnce, type CommandLineInput, declareText, textIn, textUsage } from './input.ts';

export const file: CommandLineInput<'file'> = {
  declare: (parser, asked, { inputs }) =>
    declareText(parser, { ...asked, sentence: `${asked.sentence}: ${inputs.cli.file}` }),
  usage: (asked) => textUsage(asked, 'FILE'),
  take: async (_session, given, { name }) => atOnce(textIn(given, name)),
};
