import { atOnce, type CommandLineInput, declareText, textIn, textUsage } from './input.ts';

export const destination: CommandLineInput<'destination'> = {
  declare: (parser, asked, { inputs }) =>
    declareText(parser, { ...asked, sentence: `${asked.sentence}: ${inputs.cli.destination}` }),
  usage: (asked) => textUsage(asked, 'FOLDER'),
  take: async (_session, given, { name }) => atOnce(textIn(given, name)),
};
