import { narrowScan } from '../../engine/select.ts';
import { jsonDocument } from '../../formats/json-text.ts';
import { defineCommand } from '../command.ts';
import { scanDocument } from '../scan-json.ts';
import { formatScan } from '../scan-text.ts';
import { scanAsked } from '../sources.ts';

/** Disks, volumes, systems, accounts, and what could be undone. */
export const scanCommand = defineCommand({
  syntax: 'scan',
  name: 'scan',
  options: (parser) => parser,
  run: async ({ context, terminal, text }, options) => {
    const found = narrowScan(await scanAsked(context, options), options.on);
    if (options.json) terminal.print(jsonDocument(scanDocument(found, text)));
    else terminal.print(formatScan(found, text, options.color !== false && terminal.hasColor));
  },
});
