import { openSource } from '../../engine/recovery/source.ts';
import { defineCommand } from '../command.ts';
import { sourcesAsked } from '../sources.ts';

/** A file of a volume, byte for byte. */
export const catCommand = defineCommand({
  syntax: 'cat <path>',
  name: 'cat',
  options: (parser, words) => parser.positional('path', { type: 'string', demandOption: true, describe: words.path }),
  run: async ({ context, terminal, openRecovery }, options) => {
    const sources = await sourcesAsked(context, options);
    const request = { sources, on: options.on, paths: [options.path] };
    await using source = await openSource(context, await openRecovery(), request);
    for (const path of source.paths) for await (const bytes of source.view.stream(path)) await terminal.write(bytes);
  },
});
